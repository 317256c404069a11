"""Where late answers may go: to the platform, and nowhere else."""

import json
from pathlib import Path

import pytest

from bot.channels.wecom.aibot.incoming import read
from bot.channels.wecom.aibot.window import Window
from bot.kernel.errors import RetryLater
from bot.kernel.ids import ChannelName
from bot.kernel.messages import (
    Outgoing,
    Text,
    Update,
)
from tests.kit.aibot import FakeAibot, aibot
from tests.kit.rooms import NOON, TurnedClock


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/cgi-bin/aibot/response?response_code=x",
        "http://qyapi.weixin.qq.com/cgi-bin/aibot/response?response_code=x",
        "https://qyapi.weixin.qq.com@evil.example/x",
        "https://qyapi.weixin.qq.com.evil.example/x",
        "https://evilweixin.qq.com.cn/x",
        "https://evil.example\\@qyapi.weixin.qq.com/x",
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.1:6379/",
        "http://[::ffff:10.0.0.1]/",
        "http://0.0.0.0:8080/",
        "https://qyapi.weixin.qq.com:99999/x",
        "https://[/x",
        "https:///x",
    ],
)
def test_an_address_that_is_not_the_platforms_is_none(address: str) -> None:
    body = json.dumps({"msgid": "m", "msgtype": "text", "response_url": address})
    update = read(ChannelName("aibot"), body, sent_s="", now=NOON)

    assert isinstance(update, Update)
    assert Window.of(update.reply_to).url == ""


@pytest.mark.parametrize(
    "address",
    [
        "https://qyapi.weixin.qq.com/cgi-bin/aibot/response?response_code=a%2Bb",
        "https://qyapi.weixin.qq.com:443/x",
        "http://127.0.0.1:8080/x",
        "http://[::1]:8080/x",
        "http://localhost/x",
    ],
)
def test_the_platforms_address_is_kept_as_it_came(address: str) -> None:
    body = json.dumps({"msgid": "m", "msgtype": "text", "response_url": address})
    update = read(ChannelName("aibot"), body, sent_s="", now=NOON)

    assert isinstance(update, Update)
    assert Window.of(update.reply_to).url == address


async def test_no_error_and_no_log_tells_the_code_of_an_address(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with FakeAibot() as platform:
        address = platform.address()
    bot = aibot(TurnedClock(), tmp_path)
    await bot.start()
    late = Outgoing(bot.name, "lihua", Text("早安"), "k", reply_to=Window(NOON, address).written())
    with pytest.raises(RetryLater) as caught:
        await bot.send(late, doubt_since=None)
    await bot.stop()

    said = capsys.readouterr()
    for words in (str(caught.value), repr(caught.value), said.out, said.err):
        assert "RC" not in words

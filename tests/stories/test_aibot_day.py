"""A bot in an internal group, as `bot run` builds it, over real HTTP."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot import app as roof
from bot.channels.wecom.aibot import Aibot
from bot.kernel.ids import ChannelName
from bot.kernel.messages import RawCallback
from tests.kit.aibot import GROUP, MAIL, FakeAibot, Json
from tests.kit.mail import AES_KEY, TOKEN
from tests.kit.tables import furnished

CONFIG = """
[community]
name = "拾光衣橱"
[server]
port = 0
[database]
url = "sqlite:///bot.sqlite3"
[channels.aibot]
mode = "callback"
token = "env:TOKEN"
encoding_aes_key = "env:AES_KEY"
"""
EVERYBODY = frozenset({"web", "worker", "scheduler"})


def built(folder: Path) -> roof.App:
    (folder / "content").mkdir(exist_ok=True)
    (folder / "schedules").mkdir(exist_ok=True)
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    config = roof.read_config(folder / "config.toml", {"TOKEN": TOKEN, "AES_KEY": AES_KEY})
    furnished(folder / "bot.sqlite3")
    return roof.build(config)


class Days:
    """Bots that are started one after the other, and their platform."""

    def __init__(self, folder: Path, http: aiohttp.ClientSession) -> None:
        self.folder, self.http = folder, http
        self.platform = FakeAibot(post=self._post, now=time.time)

    async def begins(self, roles: frozenset[str] = EVERYBODY) -> None:
        self.app = built(self.folder)
        bot = self.app.house.channels[ChannelName("aibot")]
        assert isinstance(bot, Aibot)
        if "worker" not in roles:
            bot.first_wait_s = 0.01
        server = await self.app.start(roles)
        assert server is not None
        self.server = server

    async def ends(self) -> None:
        await self.server.stop()
        await self.app.stop()
        self.app.house.database.close()

    async def _post(self, raw: RawCallback) -> tuple[int, bytes]:
        query, body = MAIL.http(raw)
        url = f"http://127.0.0.1:{self.server.port}/callback/aibot?{query}"
        async with self.http.post(url, data=body) as answer:
            return answer.status, await answer.read()

    async def hears(self, body: Json, callback: str = "message") -> str:
        said = await self.platform.says(body, callback)
        assert said is not None
        words = said.get("stream") or said["text"]
        return str(words["content"])


@pytest.fixture
async def days(tmp_path: Path) -> AsyncIterator[Days]:
    async with aiohttp.ClientSession() as http:
        days = Days(tmp_path, http)
        async with days.platform:
            await days.begins()
            yield days
            await days.ends()
    assert days.platform.refused == []


async def test_a_member_checks_in_by_mentioning_the_bot(days: Days) -> None:
    words = await days.hears(days.platform.message("打卡", group=GROUP))

    assert "已连续 1 天" in words
    assert "积分 5" in words


async def test_a_spoken_command_is_understood(days: Days) -> None:
    spoken = days.platform.message("", msgtype="voice", voice={"content": "打卡。"})

    assert "已连续 1 天" in await days.hears(spoken)


async def test_who_enters_the_chat_is_greeted(days: Days) -> None:
    event = {"eventtype": "enter_chat"}
    body = days.platform.message("", msgtype="event", event=event)

    assert "拾光衣橱" in await days.hears(body, "enter")


async def test_an_encrypted_id_is_a_member_like_any_other(days: Days) -> None:
    first, second = [
        await days.hears(days.platform.message("打卡", who="woInventedOpenUserid01"))
        for _ in range(2)
    ]

    assert "已连续 1 天" in first
    assert "今天已打卡" in second


async def test_the_address_can_be_tested(days: Days) -> None:
    encrypted = MAIL.encrypt(b"5550001112223334445")
    query = MAIL.query(encrypted, time.time()) | {"echostr": encrypted}
    url = f"http://127.0.0.1:{days.server.port}/callback/aibot"
    async with days.http.get(url, params=query) as answer:
        assert (answer.status, await answer.read()) == (200, b"5550001112223334445")


async def test_a_bot_that_was_started_again_answers_the_poll(days: Days) -> None:
    await days.ends()
    await days.begins(frozenset({"web"}))
    message = days.platform.message("打卡", group=GROUP)
    assert "马上就好" in await days.hears(message)
    await days.ends()
    await days.begins()

    said = await days.platform.polls(message["msgid"])
    assert "已连续 1 天" in said["stream"]["content"]
    assert (len(days.platform.seen), days.platform.late) == (1, [])

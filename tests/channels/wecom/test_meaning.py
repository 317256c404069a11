"""Every error that an operator meets is explained to her."""

import pytest

from bot.app import make_meaning, make_words
from bot.channels.wecom.errors import ERRORS, error_of
from bot.channels.wecom.meaning import trouble_in
from bot.kernel.errors import PauseScope

MEANING = make_meaning(make_words())
UNKNOWN = "这个错误码没有收录，含义请查企业微信开发者文档的“全局错误码”。"


def error(code: int) -> str:
    said = "not allowed, from ip: 203.0.113.7"
    return str(error_of(code, said, call="/cgi-bin/message/send", limit=PauseScope.LANE))


@pytest.mark.parametrize("code", sorted(ERRORS))
def test_each_number_that_we_know_is_explained_in_one_line(code: int) -> None:
    words = MEANING("wecom_app", error(code))

    assert words not in {"", UNKNOWN}
    assert words.endswith("。")
    assert "\n" not in words


def test_an_address_that_is_not_trusted_names_the_remedy() -> None:
    assert "企业可信 IP" in MEANING("wecom_app", error(60020))
    assert error(60020).endswith("203.0.113.7")


@pytest.mark.parametrize(
    ("channel", "error", "words"),
    [
        ("group_robot.staff", "webhook/send: errcode 93000", "群机器人的地址不能用"),
        ("wecom_app", "send: errcode 7", "这个错误码没有收录"),
        ("wecom_app", "/gettoken: ClientConnectorError; retry in 5 s", "连不上平台"),
        ("wecom_app", "/send: NotConnected; retry in 5 s", "连不上平台"),
        ("wecom_app", "/send: HTTP 403 without an answer; retry in 60 s", "回答的不是平台"),
    ],
)
def test_what_is_no_number_of_ours_is_explained_too(channel: str, error: str, words: str) -> None:
    assert MEANING(channel, error).startswith(words)


def test_nothing_is_said_where_there_is_nothing_to_say() -> None:
    assert MEANING("wecom_app", "the process died while sending") == ""
    assert MEANING("simulator", "errcode 60020") == ""
    assert trouble_in("").code == 0

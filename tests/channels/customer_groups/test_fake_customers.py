"""The fake is as strict as the pages: what the platform would refuse, it refuses."""

import pytest

from tests.kit.customers import FakeCustomers, chat, customer
from tests.kit.customers_rules import (
    BATCH,
    CHAT_GET,
    CHAT_LIST,
    GREETING_ADD,
    MARK,
    NEW_TAG,
    WAY,
    WELCOME,
    one_attachment,
)
from tests.kit.platforms import Json
from tests.kit.wecom_rules import Rule, Wrong

LINK = {"title": "群规", "url": "https://example.invalid/rules"}


@pytest.mark.parametrize(
    ("rule", "body"),
    [
        (CHAT_LIST, {}),
        (CHAT_LIST, {"limit": 1001}),
        (CHAT_LIST, {"limit": 1, "owner_filter": {"userid_list": []}}),
        (CHAT_LIST, {"limit": 1, "owner_filter": {"userid_list": ["a"] * 101}}),
        (CHAT_LIST, {"limit": 1, "offset": 0}),
        (CHAT_GET, {"chat_id": "nothing"}),
        (CHAT_GET, {"chat_id": chat(1), "need_name": True}),
        (BATCH, {"userid_list": ["a"], "limit": 101}),
        (NEW_TAG, {"group_name": "组" * 31, "tag": [{"name": "标签"}]}),
        (NEW_TAG, {"group_name": "组", "tag": []}),
        (MARK, {"userid": "lihua", "external_userid": "lihua"}),
        (WAY, {"scene": 2, "chat_id_list": [chat(1)] * 6}),
        (WAY, {"scene": 2, "chat_id_list": [chat(1)], "state": "态" * 31}),
        (WELCOME, {"text": {"content": "好"}}),
        (WELCOME, {"welcome_code": "c", "text": {"content": "好" * 1334}}),
        (WELCOME, {"welcome_code": "c", "attachments": [{"msgtype": "link", "link": LINK}] * 10}),
        (WELCOME, {"welcome_code": "c", "attachments": [{"msgtype": "text"}]}),
        (GREETING_ADD, {"text": {"content": "好" * 1001}, "link": LINK}),
    ],
)
def test_what_a_page_forbids_is_refused(rule: Rule, body: Json) -> None:
    with pytest.raises(Wrong):
        rule.check(body, "body")


@pytest.mark.parametrize("attachments", [{}, {"link": LINK, "file": {"media_id": "m"}}])
def test_a_greeting_has_exactly_one_attachment(attachments: Json) -> None:
    with pytest.raises(Wrong):
        one_attachment({"text": {"content": "好"}, **attachments})


def test_each_change_of_members_has_the_version_before_and_after_it() -> None:
    platform = FakeCustomers(now=lambda: 1_782_000_000.0)
    platform.opens(1)
    before = platform.chats[chat(1)].version
    told = platform.joins(1, customer(1), customer(2))

    assert f"<LastMemVer><![CDATA[{before}]]>" in told
    assert f"<CurMemVer><![CDATA[{platform.chats[chat(1)].version}]]>" in told
    assert "<MemChangeCnt><![CDATA[2]]>" in told
    assert "MemVer" not in platform.renames(1, "二群")

"""Pages that are made from the code say what the code says; both READMEs say the same."""

import re
from dataclasses import fields, replace
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import pytest

from bot import channels
from bot.kernel.capability import Brief, Capability, Chat, Poll
from bot.kernel.files import FileKind
from bot.kernel.messages import CardKind, UpdateKind
from bot.kernel.ports import Limit
from tests.kit.channels_page import PAGE, RECORDS, column, page

ROOT = Path(__file__).parents[1]


def test_the_page_of_channels_equals_their_records() -> None:
    assert PAGE.read_text("utf-8") == page(), "run `make docs`"


def test_every_record_has_a_column() -> None:
    modules = [one.name for one in walk_packages(channels.__path__, f"{channels.__name__}.")]
    declared = [getattr(import_module(name), "CAPABILITY", None) for name in modules]

    assert {id(one) for one in declared if one is not None} == {*map(id, RECORDS.values())}


PLAIN = Capability(chats=(Chat.CUSTOMER,), source="a page, 2026-07")
OTHERWISE: dict[str, Any] = {
    "chats": (Chat.FOLLOWER,),
    "source": "another page",
    "can_receive": False,
    "needs_mention": True,
    "hears": {UpdateKind.IMAGE},
    "can_push": False,
    "reply_window_s": 3600.0,
    "max_replies": 5,
    "brief": Brief(frozenset({"subscribe"}), 3, 60.0),
    "leaving": {"unsubscribe"},
    "together": True,
    "needs_human_confirm": True,
    "text_bytes": 2047,
    "markdown_bytes": 1,
    "cards": {CardKind.BUTTONS},
    "links": True,
    "articles": 8,
    "images": True,
    "files": {FileKind.VOICE},
    "messages": 2,
    "recall": True,
    "hands_over": True,
    "poll": Poll.MENU,
    "rates": (Limit(1, 60),),
}


@pytest.mark.parametrize("field", [field.name for field in fields(Capability)])
def test_the_page_tells_everything_of_a_record(field: str) -> None:
    assert column(replace(PLAIN, **{field: OTHERWISE[field]})) != column(PLAIN)


@pytest.mark.parametrize(
    "what",
    [
        r"^\| `(\[+[a-z_.]+)",
        r"[A-Z_]+_(?:SECRET|TOKEN|AES_KEY|URL)",
        r"bot (?:run|check|doctor|user add|user list|migrate|parked list)",
        r"`([\u4e00-\u9fff]{2,8})(?: 123456)?`",
        r"\]\((docs/[^)]+|(?!README)[A-Z]+\.md)\)",
        r"/(?:callback|m|console)/[a-z_/]*",
    ],
    ids=["sections", "secrets", "commands", "what can be said", "pages", "addresses"],
)
def test_both_readmes_name_the_same(what: str) -> None:
    def named(name: str) -> set[str]:
        return {*re.findall(what, (ROOT / name).read_text("utf-8"), re.MULTILINE)} - {"名字"}

    ours, theirs = named("README.md"), named("README.zh-CN.md")
    assert ours == theirs
    assert ours

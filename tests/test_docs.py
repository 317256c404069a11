"""Pages that are made from the code say what the code says; both READMEs say the same."""

import re
from pathlib import Path

import pytest

from tests.kit.channels_page import PAGE, page

ROOT = Path(__file__).parents[1]


def test_the_page_of_channels_equals_their_records() -> None:
    assert PAGE.read_text("utf-8") == page(), "run `make docs`"


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

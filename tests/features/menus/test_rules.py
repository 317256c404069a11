"""The file of the menu: what it means, and what is wrong with it, line by line."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.menus.rules import Draft, MenuFile, read
from bot.kernel.following import EntryKind, MenuEntry

GOOD = """
[[entries]]
name = "打卡"
key = "打卡"

[[entries]]
name = "更多"

[[entries]]
name = "商城"
under = "更多"
url = "https://shop.example.com/"

[[entries]]
name = "小程序"
under = "更多"
url = "https://shop.example.com/"
app_id = "wxmini"
page = "pages/index"

[[entries]]
name = "扫码签到"
under = "更多"
type = "scancode_waitmsg"
key = "扫码"
"""


def draft(text: str) -> Draft:
    return read("menu.toml", text.encode())


def wrong(text: str) -> list[tuple[str, int]]:
    return [(problem.rule, problem.line) for problem in draft(text).problems]


def entries(*names: str, under: str = "", more: str = 'key = "k"') -> str:
    below = f'under = "{under}"\n' if under else ""
    return "".join(f'[[entries]]\nname = "{name}"\n{below}{more}\n' for name in names)


def test_a_menu_means_what_it_says() -> None:
    found = draft(GOOD)

    assert found.problems == ()
    assert found.menu == (
        MenuEntry("打卡", EntryKind.CLICK, key="打卡"),
        MenuEntry(
            "更多",
            below=(
                MenuEntry("商城", EntryKind.VIEW, url="https://shop.example.com/"),
                MenuEntry(
                    "小程序",
                    EntryKind.MINI_PROGRAM,
                    url="https://shop.example.com/",
                    app_id="wxmini",
                    page="pages/index",
                ),
                MenuEntry("扫码签到", EntryKind.SCAN_AND_WAIT, key="扫码"),
            ),
        ),
    )
    assert found.is_good


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("[[entry]]\n", [("unknown-key", 1)]),
        ("[[entries]]\n", [("missing-key", 1)]),
        ('[[entries]]\nname = ""\nkey = "k"', [("bad-value", 2)]),
        ("[[entries]]\nname = 3\n", [("wrong-type", 2)]),
        ('[[entries]]\nname = "a"\nkey = "k"\nsub_button = []', [("unknown-key", 4)]),
        ('[[entries]]\nname = "a"\n', [("missing-key", 1)]),
        ('[[entries]]\nname = "一二三四五六"\nkey = "k"', [("too-long", 2)]),
        ('[[entries]]\nname = "\\u0000"\nkey = "k"', [("bad-value", 2)]),
        ('[[entries]]\nname = " "\nkey = "k"', [("bad-value", 2)]),
        (entries("a", "b", "c", "d"), [("menu-size", 10)]),
        (
            '[[entries]]\nname = "p"\n' + entries(*"abcdef", under="p"),
            [("menu-size", 23)],
        ),
        (entries("a", "a"), [("duplicate-name", 5)]),
        (entries("a", under="nobody"), [("unknown-entry", 3)]),
        (entries("p") + entries("a", under="p"), [("bad-value", 3)]),
        (entries("a", more='type = "media_id"\nkey = "k"'), [("bad-value", 3)]),
        (entries("a", more='type = "view"'), [("missing-key", 1)]),
        (entries("a", more='type = "click"\nurl = "https://x"\nkey = "k"'), [("bad-value", 4)]),
        (entries("a", more='url = "javascript:alert(1)"'), [("bad-value", 3)]),
        (entries("a", more='app_id = "wx"\nurl = "https://x"'), [("missing-key", 1)]),
        (entries("a", more=f'key = "{"长" * 43}"'), [("too-long", 3)]),
        (entries("a", more=f'url = "https://x/{"y" * 1020}"'), [("too-long", 3)]),
        ('[[entries]]\nname = "a', [("syntax", 2)]),
        ("entries = 3", [("wrong-type", 1)]),
        ("entries = [1]", [("wrong-type", 1)]),
        ("x" * 100, [("syntax", 1)]),
    ],
    ids=str,
)
def test_what_is_wrong_has_its_line(text: str, problems: list[tuple[str, int]]) -> None:
    assert wrong(text) == problems
    assert not draft(text).is_good
    assert draft(text).menu == ()


@pytest.mark.parametrize(
    ("fits", "is_too_long"),
    [
        (entries("n" * 16), entries("n" * 17)),
        (
            entries("p", more="") + entries("n" * 60, under="p"),
            entries("p", more="") + entries("n" * 61, under="p"),
        ),
        (entries("a", more=f'key = "{"k" * 128}"'), entries("a", more=f'key = "{"k" * 129}"')),
        (
            entries("a", more=f'url = "https://{"x" * 1016}"'),
            entries("a", more=f'url = "https://{"x" * 1017}"'),
        ),
    ],
    ids=["name", "name below", "key", "url"],
)
def test_everything_is_as_long_as_the_platform_takes(fits: str, is_too_long: str) -> None:
    assert draft(fits).is_good
    assert [p.rule for p in draft(is_too_long).problems if not p.warning] == ["too-long"]


def test_an_entry_below_one_that_is_itself_below_is_wrong() -> None:
    text = entries("p", more="") + entries("a", under="p") + entries("b", under="a")

    assert [rule for rule, _ in wrong(text)] == ["unknown-entry"]


def test_a_name_that_is_shown_cut_is_a_warning_and_fits_nevertheless() -> None:
    found = draft(entries("一二三四五"))

    assert [(p.rule, p.warning) for p in found.problems] == [("too-long", True)]
    assert found.is_good


def test_another_encoding_is_named() -> None:
    found = read("menu.toml", '[[entries]]\nname = "打卡"\n'.encode("gb18030"))

    assert [problem.rule for problem in found.problems] == ["encoding"]


def test_no_file_is_no_menu_and_a_folder_is_a_problem(tmp_path: Path) -> None:
    assert MenuFile(tmp_path / "menu.toml").draft() == Draft()
    assert not Draft().is_good
    (tmp_path / "menu.toml").mkdir()
    assert [p.rule for p in MenuFile(tmp_path / "menu.toml").draft().problems] == ["missing-file"]


@given(raw=st.binary(max_size=200) | st.text(max_size=200).map(lambda s: f"entries = {s}".encode()))
def test_no_file_is_too_strange(raw: bytes) -> None:
    found = read("menu.toml", raw)

    assert found.menu == () or not any(not problem.warning for problem in found.problems)

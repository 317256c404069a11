"""Words in sheets: what a spreadsheet may take for a formula comes out as words, and in again."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commons import sheets
from bot.commons.sheets import Format, Renaming
from bot.kernel.words import for_sheet

EVIL = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    " =1",
    "\n=1",
    "\t=1",
    "\r=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM",
]


@pytest.mark.parametrize("words", EVIL, ids=repr)
def test_what_may_be_a_formula_has_a_mark_in_front(words: str) -> None:
    assert for_sheet(words) == f"'{words}"


@given(st.text())
def test_nothing_begins_with_the_sign_of_a_formula(words: str) -> None:
    assert for_sheet(words).lstrip()[:1] not in {*"=+-@＝＋－＠"}


@pytest.mark.parametrize("words", EVIL[:5] + EVIL[8:], ids=repr)
def test_an_export_is_read_back_as_it_was(tmp_path: Path, words: str) -> None:
    path = tmp_path / "members.csv"
    with path.open("wb") as file:
        sheets.write(file, Format.CSV, ["name"], [{"name": words}])
    assert f"'{words}" in path.read_text("utf-8")
    [row] = sheets.read(path, Renaming()).rows
    assert row.cells == {"name": words.strip()}

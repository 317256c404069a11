"""A table for a spreadsheet: every cell is what it was, and no words are a formula."""

import csv
import io

import pytest

from bot.kernel.sheets import csv_file, sheet_of


@pytest.mark.parametrize("formula", ["=1+1", "+86", "-2", "@a", " =1", "\t=1"])
def test_words_are_never_a_formula(formula: str) -> None:
    rows = list(csv.reader(io.StringIO(sheet_of(("name",), [(formula,)]))))

    assert rows == [["name"], [f"'{formula}"]]


def test_numbers_stay_numbers_and_nothing_stays_nothing() -> None:
    assert sheet_of(("points", "coupon"), [(-3, None), (4, 'a,"b"')]) == (
        'points,coupon\n-3,\n4,"a,""b"""\n'
    )


def test_a_file_says_that_it_is_utf8() -> None:
    file = csv_file("名单", ("名字",), [("阿美",)])

    assert (file.name, file.open().read().decode("utf-8-sig")) == ("名单.csv", "名字\n阿美\n")
    assert file.open().read(3) == b"\xef\xbb\xbf"

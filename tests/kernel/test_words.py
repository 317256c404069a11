"""One way to read a number that somebody typed, whatever it is written in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.kernel.words import NoNumeral, count_in, number_said, numeral


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *[("3", 3), ("３", 3), ("③", 3), (" 3。", 3), ("007", 7), ("999999999", 999_999_999)],
        *[("第 3 个", 3), ("第三", 3), ("编号12", 12), ("No.7", 7), ("#8", 8), ("12 号", 12)],
        *[("零", 0), ("〇", 0), ("一", 1), ("两", 2), ("兩", 2), ("九", 9), ("十", 10)],
        *[("十二", 12), ("二十", 20), ("三十五", 35), ("九十九", 99), ("壹拾贰", 12)],
    ],
)
def test_a_number_is_read_however_it_is_written(text: str, number: int) -> None:
    assert numeral(text) == number
    assert number_said(text) == number


@pytest.mark.parametrize(
    ("text", "why"),
    [
        *[("-1", "negative"), ("－１", "negative"), ("负三", "negative"), ("負 3", "negative")],
        *[("1.5", "fraction"), ("1．5", "fraction"), ("½", "fraction"), ("1点5", "fraction")],
        *[("9999999999", "huge"), ("一百", "huge"), ("三千零一", "huge"), ("1" * 5000, "huge")],
        *[("", "words"), ("第", "words"), ("负", "words"), ("3 个试衣间", "words")],
        *[("一二", "words"), ("3、4", "words"), ("多进小码", "words"), ("十十", "words")],
    ],
)
def test_what_is_no_number_is_told_apart(text: str, why: str) -> None:
    assert numeral(text) is NoNumeral(why)
    assert number_said(text) is None


ONES = "零一二三四五六七八九"


@given(st.integers(1, 99))
def test_every_number_up_to_ninety_nine_is_read_in_chinese(number: int) -> None:
    tens, ones = divmod(number, 10)
    ten = f"{ONES[tens] if tens > 1 else ''}十" if tens else ""

    assert numeral(f"第{ten}{ONES[ones] if ones else ''}个") == number


@given(st.text())
def test_whatever_somebody_types_has_an_answer(text: str) -> None:
    found = numeral(text)

    assert isinstance(found, NoNumeral) or 0 <= found < 10**9


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("0", 0),
        ("007", 7),
        ("30", 30),
        ("31", None),
        ("0" * 5000 + "30", 30),
        ("000000001" + "9" * 5000, None),
        ("", None),
        ("-1", None),
        ("+1", None),
        ("1.0", None),
        (" 1", None),
        ("１", None),
        ("²", None),
    ],
)
def test_a_count_in_figures_is_never_more_than_allowed(text: str, count: int | None) -> None:
    assert count_in(text, 30) == count

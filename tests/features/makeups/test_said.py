"""Which day is meant, however it is said."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.makeups.said import day_said

TODAY = date(2026, 8, 26)
"""A Wednesday."""


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("昨天", date(2026, 8, 25)),
        ("前天", date(2026, 8, 24)),
        ("大前天", date(2026, 8, 23)),
        ("明天", date(2026, 8, 27)),
        ("周二", date(2026, 8, 25)),
        ("星期天", date(2026, 8, 23)),
        ("礼拜三", date(2026, 8, 19)),
        ("週四", date(2026, 8, 20)),
        ("上周一", date(2026, 8, 17)),
        ("上个星期二", date(2026, 8, 18)),
        ("本周五", date(2026, 8, 28)),
        ("8月23日", date(2026, 8, 23)),
        ("8 月 23 日", date(2026, 8, 23)),
        ("8月23號", date(2026, 8, 23)),
        ("8/23", date(2026, 8, 23)),
        ("8.23", date(2026, 8, 23)),
        ("八月二十三日", date(2026, 8, 23)),
        ("十月十日", date(2026, 10, 10)),
        ("23号", date(2026, 8, 23)),
        ("二十七号", date(2026, 7, 27)),
        ("2026-08-23", date(2026, 8, 23)),
        ("2026年8月23日", date(2026, 8, 23)),
        ("20260823", date(2026, 8, 23)),
        ("12月31日", date(2026, 12, 31)),
        ("3月1日", date(2026, 3, 1)),
    ],
)
def test_a_day_is_understood(said: str, day: date) -> None:
    assert day_said(said, TODAY) == day


def test_at_the_turn_of_the_year_the_nearest_date_is_meant() -> None:
    assert day_said("12月31日", date(2027, 1, 2)) == date(2026, 12, 31)
    assert day_said("30号", date(2027, 3, 1)) is None  # there is none in February
    assert day_said("31号", date(2027, 1, 2)) == date(2026, 12, 31)


@pytest.mark.parametrize(
    "said", ["", "什么时候", "13月1日", "2月30日", "0", "-1", "周八", "9" * 40]
)
def test_what_is_no_day_is_none(said: str) -> None:
    assert day_said(said, TODAY) is None


@given(st.text(), st.dates())
def test_nothing_that_is_typed_breaks_it(said: str, today: date) -> None:
    day_said(said, today)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 100))
def test_a_date_that_is_written_out_is_itself(today: date, back: int) -> None:
    day = date.fromordinal(today.toordinal() - back)
    assert day_said(day.isoformat(), today) == day
    assert day_said(f"{day.month}月{day.day}日", today) == day

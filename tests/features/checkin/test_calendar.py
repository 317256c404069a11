"""What a month looks like."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.commons.checkins import DAY, month_of
from bot.features.checkin.rules import Mark, calendar, month_grid, month_in

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_the_calendar_starts_on_monday_and_stops_today() -> None:
    shown = calendar(date(2026, 8, 11), frozenset({date(2026, 8, 1), date(2026, 8, 11)}))

    assert shown == [
        "・・・・・✅⬜",
        "⬜⬜⬜⬜⬜⬜⬜",
        "⬜✅・・・・・",
        "・・・・・・・",
        "・・・・・・・",
        "・・・・・・・",
    ]


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_the_calendar_shows_every_day_of_the_month_once(today: date) -> None:
    month = [today.replace(day=n) for n in range(1, 29)]

    shown = "".join(calendar(today, frozenset(month)))

    assert shown.count("✅") == 28
    assert len(shown) % 7 == 0


DATES = st.dates(date(1, 1, 1), date(9999, 12, 31))


@given(DATES, st.integers(min_value=0, max_value=40))
def test_a_month_holds_each_of_its_days_once_on_its_week_day(month: date, later: int) -> None:
    first, last = month_of(month)
    today = min(last, first + min(later, 27) * DAY)
    weeks = month_grid(first, today, {}, SHANGHAI, 0)
    days = [cell.day for week in weeks for cell in week if cell]

    assert days == [first.replace(day=number) for number in range(1, last.day + 1)]
    assert all(len(week) == 7 for week in weeks)
    assert all(cell.day.weekday() == n for week in weeks for n, cell in enumerate(week) if cell)
    assert sum(cell.is_today for week in weeks for cell in week if cell) == 1


def test_a_day_shows_what_came_of_it() -> None:
    today = date(2026, 8, 24)
    noon = datetime(2026, 8, 20, 4, tzinfo=UTC)
    checked = {date(2026, 8, 20): noon, date(2026, 8, 19): noon, date(2026, 8, 21): noon}
    weeks = month_grid(date(2026, 8, 1), today, checked, SHANGHAI, 0)
    marks = {cell.day.day: cell.mark for week in weeks for cell in week if cell}

    assert marks[20] is Mark.DONE
    assert marks[19] is Mark.MADE_UP  # made on the day after
    assert marks[21] is Mark.DONE  # nobody checks in for a day to come
    assert (marks[23], marks[24], marks[25]) == (Mark.PAST, Mark.TODAY, Mark.TO_COME)


def test_a_check_in_within_the_grace_is_not_made_up() -> None:
    after_midnight = datetime(2026, 8, 20, 16, 20, tzinfo=UTC)
    checked = {date(2026, 8, 20): after_midnight}
    for grace, mark in ((30, Mark.DONE), (0, Mark.MADE_UP)):
        weeks = month_grid(date(2026, 8, 1), date(2026, 8, 24), checked, SHANGHAI, grace)
        assert [c.mark for w in weeks for c in w if c and c.day.day == 20] == [mark]


@given(st.text(max_size=12) | st.from_regex(r"[0-9]{4}-[0-9]{2}", fullmatch=True))
def test_any_words_name_a_month_that_is_not_to_come(said: str) -> None:
    today = date(2026, 8, 24)
    month = month_in(said, today)

    assert month.day == 1
    assert month <= today

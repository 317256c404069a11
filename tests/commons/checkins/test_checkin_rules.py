"""Which day, how many in a row, how many points."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.commons.checkins.rules import (
    BonusAgain,
    CheckinSettings,
    Streak,
    bonus_for,
    day_of,
    days_to_bonus,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
ZONES = st.sampled_from(
    ["Asia/Shanghai", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe", "Asia/Kathmandu"]
).map(ZoneInfo)
INSTANTS = st.datetimes(datetime(2005, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-08-24T15:59:59.999999+00:00", date(2026, 8, 24)),
        ("2026-08-24T16:00:00+00:00", date(2026, 8, 25)),
        ("2026-12-31T16:00:00+00:00", date(2027, 1, 1)),
    ],
    ids=["last moment of the day", "midnight", "new year"],
)
def test_the_day_ends_at_midnight_in_shanghai(at: str, day: date) -> None:
    assert day_of(datetime.fromisoformat(at), SHANGHAI) == day


@pytest.mark.parametrize(
    ("clock", "day"), [("00:29", 23), ("00:30", 24), ("23:59", 24)], ids=["in", "after", "late"]
)
def test_grace_lets_the_day_begin_later(clock: str, day: int) -> None:
    at = datetime.fromisoformat(f"2026-08-24T{clock}:00+08:00")

    assert day_of(at, SHANGHAI, grace_minutes=30) == date(2026, 8, day)


@example(datetime(2026, 11, 1, 5, 30, tzinfo=UTC), ZoneInfo("America/New_York"))  # 01:30, twice
@given(INSTANTS, ZONES)
def test_the_day_is_what_the_calendar_on_the_wall_shows(at: datetime, zone: ZoneInfo) -> None:
    assert day_of(at, zone).isoformat() == at.astimezone(zone).strftime("%Y-%m-%d")


@given(INSTANTS, ZONES, st.integers(0, 360))
def test_a_later_message_is_never_of_an_earlier_day_but_for_clocks_set_back(
    at: datetime, zone: ZoneInfo, grace: int
) -> None:
    later = at + timedelta(hours=2)  # no clock is set back by more

    assert day_of(at, zone, grace) <= day_of(later, zone, grace)


def test_every_seventh_day_in_a_row_earns_the_bonus() -> None:
    won = [bonus_for(before, 0, CheckinSettings()) for before in range(15)]

    assert won == [0] * 6 + [10] + [0] * 6 + [10] + [0]


@given(st.lists(st.integers(1, 30)), st.integers(1, 10), st.randoms(use_true_random=False))
def test_points_do_not_depend_on_the_order_in_which_days_arrive(
    gaps: list[int], every: int, random: object
) -> None:
    settings = CheckinSettings(bonus_points=100, bonus_every_days=every)
    days, day = [], 0
    for gap in gaps:
        day += 1 if gap > 5 else gap
        days.append(day)
    shuffled = list(days)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # a Random; hypothesis types it as object

    assert sum(earned(days, settings)) == sum(earned(shuffled, settings))


def earned(days: list[int], settings: CheckinSettings) -> list[int]:
    seen: set[int] = set()
    won = []
    for day in days:
        before = next(n for n in range(len(days) + 1) if day - 1 - n not in seen)
        after = next(n for n in range(len(days) + 1) if day + 1 + n not in seen)
        won.append(bonus_for(before, after, settings))
        seen.add(day)
    return won


def test_a_late_day_before_a_run_that_was_paid_pays_nothing_more_once_in_a_run() -> None:
    settings = CheckinSettings(bonus_again=BonusAgain.RUN)

    assert bonus_for(6, 0, settings) == bonus_for(0, 6, settings) == 10
    assert bonus_for(6, 7, settings) == bonus_for(7, 6, settings) == 0


def test_a_run_is_never_shorter_than_nothing() -> None:
    with pytest.raises(ValueError, match="before=-1"):
        bonus_for(-1, 0, CheckinSettings())


@pytest.mark.parametrize(("days", "left"), [(1, 6), (6, 1), (7, 7), (8, 6)], ids=str)
def test_the_next_bonus_is_counted_down(days: int, left: int) -> None:
    assert days_to_bonus(days, CheckinSettings()) == left
    assert days_to_bonus(days, CheckinSettings(bonus_points=0)) == 0


@pytest.mark.parametrize(("today", "days"), [(24, 3), (25, 3), (26, 0)], ids=str)
def test_a_streak_lives_until_a_whole_day_is_missed(today: int, days: int) -> None:
    streak = Streak(date(2026, 8, 24), days=3, best_days=9, total_days=20)

    assert streak.days_on(date(2026, 8, today)) == days

"""Cron expressions fire once for each wall-clock time, whatever the clocks do."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.pipeline.scheduler import Crons

ZONES = [
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "UTC",
]
crons = Crons()


def fires(expression: str, zone: str, start: datetime, days: int) -> list[datetime]:
    recurrence = crons(expression, zone)
    found: list[datetime] = []
    at = recurrence.next_after(start)
    while at is not None and at <= start + timedelta(days=days):
        found.append(at)
        at = recurrence.next_after(at)
    return found


def local(found: list[datetime], zone: str) -> list[str]:
    return [at.astimezone(ZoneInfo(zone)).strftime("%m-%d %H:%M%z") for at in found]


def test_a_morning_in_shanghai_is_told_in_utc() -> None:
    at = crons("30 8 * * mon-fri", "Asia/Shanghai").next_after(datetime(2026, 8, 21, 1, tzinfo=UTC))

    assert at == datetime(2026, 8, 24, 0, 30, tzinfo=UTC)
    assert at.tzinfo is UTC


def test_a_fire_time_is_later_and_not_the_same() -> None:
    at = datetime(2026, 8, 24, 0, 30, tzinfo=UTC)

    following = crons("30 8 * * *", "Asia/Shanghai").next_after(at)

    assert following == at + timedelta(days=1)


def test_a_time_that_comes_twice_fires_at_the_first() -> None:
    found = fires("30 2 * * *", "Europe/Berlin", datetime(2026, 10, 24, 12, tzinfo=UTC), 2)

    assert local(found, "Europe/Berlin") == ["10-25 02:30+0200", "10-26 02:30+0100"]


def test_a_time_that_is_skipped_fires_once_when_the_gap_ends() -> None:
    found = fires("30 2 * * *", "Europe/Berlin", datetime(2026, 3, 28, 12, tzinfo=UTC), 2)

    assert local(found, "Europe/Berlin") == ["03-29 03:00+0200", "03-30 02:30+0200"]


def test_every_quarter_of_a_skipped_hour_fires_once_together() -> None:
    found = fires("*/15 * * * *", "Europe/Berlin", datetime(2026, 3, 29, 0, 40, tzinfo=UTC), 1)

    assert local(found[:3], "Europe/Berlin") == [
        "03-29 01:45+0100",
        "03-29 03:00+0200",
        "03-29 03:15+0200",
    ]


def test_an_instant_inside_the_second_pass_waits_for_the_next_time() -> None:
    second_pass = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)  # 02:10+0100

    found = fires("*/15 2 * * *", "Europe/Berlin", second_pass, 1)

    assert local(found[:1], "Europe/Berlin") == ["10-26 02:00+0100"]


def test_a_leap_day_waits_for_its_year() -> None:
    at = crons("0 9 29 2 *", "Asia/Shanghai").next_after(datetime(2026, 1, 1, tzinfo=UTC))

    assert at == datetime(2028, 2, 29, 1, tzinfo=UTC)


def test_a_year_ends_on_time() -> None:
    found = fires("0 0 * * *", "Asia/Shanghai", datetime(2026, 12, 30, 17, tzinfo=UTC), 1)

    assert local(found, "Asia/Shanghai") == ["01-01 00:00+0800"]


def test_a_day_that_does_not_exist_never_fires() -> None:
    assert crons("0 9 30 2 *", "UTC").next_after(datetime(2026, 1, 1, tzinfo=UTC)) is None


def test_a_time_zone_that_skips_a_whole_day_fires_when_it_is_over() -> None:
    found = fires("0 9 * * *", "Pacific/Apia", datetime(2011, 12, 29, 12, tzinfo=UTC), 2)

    assert local(found, "Pacific/Apia") == [
        "12-29 09:00-1000",
        "12-31 00:00+1400",
        "12-31 09:00+1400",
    ]


WRONG = {
    "four fields": ("30 8 * *", "4 fields"),
    "week days by number": ("0 9 * * 1", "by name"),
    "a step over week days": ("0 9 * * */2", "by name"),
    "a week day that is none": ("0 9 * * funday", "no week days"),
    "the n-th week day": ("0 9 * * mon-", "no week days"),
    "a week that begins on sunday": ("0 9 * * sun-mon", "write sun,mon"),
    "a range that runs down": ("0 22-1 * * *", "write 22,23,0,1"),
    "a month that is none": ("0 9 * foo *", "no months"),
    "a long month": ("0 9 * january *", "no months"),
    "minute 61": ("61 9 * * *", "higher than the maximum value (59)"),
    "an alias": ("@daily", "1 fields"),
    "a question mark": ("0 9 ? * mon", "Unrecognized"),
}


@pytest.mark.parametrize(("expression", "words"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_expression_is_refused_in_words(expression: str, words: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        crons(expression, "UTC")

    assert words in str(caught.value)


@given(
    zone=st.sampled_from(ZONES),
    start=st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31)),  # noqa: DTZ001
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
)
@example(zone="Europe/Berlin", start=datetime(2026, 3, 27), hour=2, minute=30)  # noqa: DTZ001
@example(zone="Europe/Berlin", start=datetime(2026, 10, 23), hour=2, minute=30)  # noqa: DTZ001
@example(zone="Australia/Lord_Howe", start=datetime(2026, 4, 4), hour=1, minute=45)  # noqa: DTZ001
@example(zone="America/Santiago", start=datetime(2026, 9, 5), hour=0, minute=0)  # noqa: DTZ001
@example(zone="UTC", start=datetime(2028, 2, 27), hour=23, minute=59)  # noqa: DTZ001
def test_a_daily_time_fires_once_for_each_local_day(
    zone: str, start: datetime, hour: int, minute: int
) -> None:
    begin = start.replace(tzinfo=UTC)

    found = fires(f"{minute} {hour} * * *", zone, begin, 5)

    days = [at.astimezone(ZoneInfo(zone)).date() for at in found]
    assert found == sorted(set(found))
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))]
    assert len(days) in (4, 5, 6)
    assert isinstance(days[0], date)


@given(
    zone=st.sampled_from(ZONES),
    start=st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31)),  # noqa: DTZ001
    pause_s=st.integers(1, 7200),
)
def test_asking_from_between_two_fires_finds_the_second(
    zone: str, start: datetime, pause_s: int
) -> None:
    recurrence = crons("*/20 * * * *", zone)
    first = recurrence.next_after(start.replace(tzinfo=UTC))
    assert first is not None
    second = recurrence.next_after(first)
    assert second is not None

    between = min(first + timedelta(seconds=pause_s), second - timedelta(microseconds=1))

    assert recurrence.next_after(between) == second

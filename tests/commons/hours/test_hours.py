"""Business time against a counter of minutes, and what arithmetic with it promises."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.commons.duty import Roster
from bot.commons.hours import Hours, NeverOpens, Span

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
SPLIT = {
    "hours": {
        "monday": ["09:30-12:00", "13:30-21:30"],
        "tuesday": ["09:30-12:00", "13:30-21:30"],
        "thursday": ["00:00-02:00", "20:00-24:00"],
        "friday": ["00:00-24:00"],
        "saturday": ["10:00-18:00"],
        "holiday": ["11:00-15:00"],
        "workday": ["09:00-17:00"],
    },
    "calendar": {"closed": [date(2026, 12, 31), date(2028, 2, 29)]},
}
HOLIDAYS = [
    *("2026-09-25", "2026-09-26", "2026-09-27"),
    *("2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04", "2026-10-05", "2026-10-06"),
    *("2026-10-07", "2027-01-01", "2027-01-02", "2027-01-03"),
]
MADE_UP = ["2026-09-20", "2026-10-10"]


def hours(zone: ZoneInfo = SHANGHAI, written: object = SPLIT) -> Hours:
    return Roster.model_validate(written).shop(zone)


def plainly_open(wall: datetime) -> bool:
    """Read the table by hand: 2026 and the first days of 2027, in Shanghai."""
    day, minute = wall.date().isoformat(), wall.hour * 60 + wall.minute
    if day in {"2026-12-31", "2028-02-29"}:
        return False
    by_weekday = {
        0: 570 <= minute < 720 or 810 <= minute < 1290,
        1: 570 <= minute < 720 or 810 <= minute < 1290,
        3: minute < 120 or minute >= 1200,
        4: True,
        5: 600 <= minute < 1080,
    }
    if day in HOLIDAYS:
        return 660 <= minute < 900
    return 540 <= minute < 1020 if day in MADE_UP else by_weekday.get(wall.weekday(), False)


def counted(since: datetime, until: datetime) -> int:
    """Return the open minutes, one after the other."""
    many = int((until - since).total_seconds()) // 60
    walls = (since.astimezone(SHANGHAI) + timedelta(minutes=n) for n in range(many))
    return sum(map(plainly_open, walls))


AUTUMN = datetime(2026, 9, 16, tzinfo=UTC)
LAST = 40 * 24 * 60
IS_OPEN = [plainly_open((AUTUMN + timedelta(minutes=n)).astimezone(SHANGHAI)) for n in range(LAST)]
minutes = st.integers(min_value=0, max_value=LAST)
moments = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2029, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
ZONES = (SHANGHAI, NEW_YORK, ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Beirut"))
zones = st.sampled_from(ZONES)
OPEN = {zone: hours(zone) for zone in ZONES}


@settings(deadline=None)
@given(minutes, minutes)
def test_business_time_is_what_a_counter_of_minutes_counts(one: int, other: int) -> None:
    first, last = sorted((one, other))
    since, until = AUTUMN + timedelta(minutes=first), AUTUMN + timedelta(minutes=last)

    assert OPEN[SHANGHAI].business_s(since, until) == 60 * sum(IS_OPEN[first:last])


@pytest.mark.parametrize("first", ["2026-12-28", "2026-09-18", "2026-10-08"])
def test_the_new_year_and_weeks_with_made_up_days_are_counted(first: str) -> None:
    since = datetime.fromisoformat(f"{first}T00:00+08:00")
    until = since + timedelta(days=5)

    assert OPEN[SHANGHAI].business_s(since, until) == 60 * counted(since, until)


@settings(deadline=None)
@given(zones, moments, moments, moments)
def test_parts_add_up(zone: ZoneInfo, one: datetime, two: datetime, three: datetime) -> None:
    open_ = OPEN[zone]

    whole = open_.business_s(one, two) + open_.business_s(two, three)

    assert whole == pytest.approx(open_.business_s(one, three), abs=1e-3)


@settings(deadline=None)
@given(zones, moments, st.integers(min_value=0, max_value=400_000))
@example(NEW_YORK, datetime(2026, 3, 8, 5, tzinfo=UTC), 7 * 3600)
@example(NEW_YORK, datetime(2026, 11, 1, 4, tzinfo=UTC), 7 * 3600)
@example(SHANGHAI, datetime(2028, 2, 28, 16, tzinfo=UTC), 1)
@example(SHANGHAI, datetime(2026, 12, 31, 13, tzinfo=UTC), 600)
def test_after_undoes_business_time(zone: ZoneInfo, at: datetime, seconds: int) -> None:
    open_ = OPEN[zone]

    then = open_.after(at, seconds)

    assert open_.business_s(at, then) == pytest.approx(seconds, abs=1e-3)
    assert then == at or open_.business_s(at, then - timedelta(seconds=1)) < seconds


@settings(deadline=None)
@given(zones, moments, st.integers(0, 200_000), st.integers(0, 200_000))
def test_more_business_time_is_never_earlier(zone: ZoneInfo, at: datetime, a: int, b: int) -> None:
    assert OPEN[zone].after(at, min(a, b)) <= OPEN[zone].after(at, max(a, b))


@settings(deadline=None)
@given(zones, moments)
def test_it_opens_where_nothing_was_open_before_and_closes_behind(
    zone: ZoneInfo, at: datetime
) -> None:
    open_ = OPEN[zone]
    opens, closes = open_.next_open(at), open_.next_close(at)
    assert opens is not None
    assert closes is not None

    assert at <= opens < closes
    assert open_.is_open(opens)
    assert not open_.is_open(closes)
    assert open_.is_open(at) == (opens == at)
    assert open_.business_s(at, opens) == 0
    assert open_.business_s(opens, closes) == (closes - opens).total_seconds()


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-08-24T09:29:59", False),
        ("2026-08-24T09:30:00", True),
        ("2026-08-24T11:59:59", True),
        ("2026-08-24T12:00:00", False),
        ("2026-08-24T13:30:00", True),
        ("2026-08-24T21:30:00", False),
        ("2026-08-27T23:59:59", True),
        ("2026-08-28T00:00:00", True),
        ("2026-08-29T00:00:00", False),
    ],
)
def test_the_second_of_opening_is_in_and_that_of_closing_is_not(at: str, is_open: bool) -> None:  # noqa: FBT001
    assert OPEN[SHANGHAI].is_open(datetime.fromisoformat(f"{at}+08:00")) is is_open


def local(at: datetime | None) -> str:
    assert at is not None
    return at.astimezone(SHANGHAI).strftime("%m-%d %H:%M:%S")


def wall(at: str) -> datetime:
    return datetime.fromisoformat(f"{at}+08:00")


def test_hours_that_touch_at_midnight_are_one_opening() -> None:
    assert local(OPEN[SHANGHAI].next_close(wall("2026-08-27T20:30"))) == "08-29 00:00:00"


def test_a_deadline_jumps_over_lunch_and_over_the_night() -> None:
    open_ = OPEN[SHANGHAI]

    assert local(open_.after(wall("2026-08-24T11:50"), 900)) == "08-24 13:35:00"
    assert local(open_.after(wall("2026-08-24T21:25"), 900)) == "08-25 09:40:00"
    assert local(open_.after(wall("2026-08-24T21:15"), 900)) == "08-24 21:30:00"
    assert local(open_.after(wall("2026-08-24T21:15"), 901)) == "08-25 09:30:01"


def test_holidays_and_made_up_days_have_hours_of_their_own() -> None:
    open_ = OPEN[SHANGHAI]

    assert local(open_.next_open(wall("2026-10-04T00:00"))) == "10-04 11:00:00"
    assert local(open_.next_close(wall("2026-10-10T12:00"))) == "10-10 17:00:00"


def test_a_weekend_that_makes_up_is_as_a_monday_where_weekends_are_off() -> None:
    office = hours(written={"hours": {"daily": ["10:00-19:00"], "saturday": [], "sunday": []}})

    assert office.is_open(wall("2026-10-10T11:00"))
    assert not office.is_open(wall("2026-10-17T11:00"))


def test_what_operators_write_of_a_day_wins() -> None:
    written = {
        "hours": {"daily": ["10:00-19:00"], "holiday": [], "sunday": []},
        "calendar": {"workdays": [date(2026, 10, 1)], "holidays": [date(2026, 10, 10)]},
    }
    open_ = hours(written=written)

    assert open_.is_open(wall("2026-10-01T11:00"))
    assert not open_.is_open(wall("2026-10-10T11:00"))


def test_a_night_in_which_clocks_change_has_its_own_length() -> None:
    open_ = hours(NEW_YORK, {"hours": {"daily": ["00:00-06:00"]}})

    spring = datetime(2026, 3, 8, 5, tzinfo=UTC)
    autumn = datetime(2026, 11, 1, 4, tzinfo=UTC)
    assert open_.business_s(spring, spring + timedelta(hours=12)) == 5 * 3600
    assert open_.business_s(autumn, autumn + timedelta(hours=12)) == 7 * 3600


def test_a_shop_that_is_closed_for_years_is_said_to_never_open() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(800)]
    open_ = hours(written={"calendar": {"closed": days}})
    at = wall("2026-01-05T10:00")

    assert open_.next_open(at) is None
    assert open_.next_close(at) is None
    assert open_.business_s(at, at + timedelta(days=100)) == 0
    with pytest.raises(NeverOpens):
        open_.after(at, 1)


def test_hours_that_never_end_have_no_closing() -> None:
    at = wall("2026-08-24T23:00")

    assert Hours.always().next_close(at) is None
    assert Hours.always().after(at, 7200) == at + timedelta(hours=2)


spans = st.lists(st.tuples(minutes, minutes), max_size=5)


@settings(max_examples=50, deadline=None)
@given(spans)
def test_a_clock_runs_in_its_spans_only_and_in_none_of_them_twice(
    ran: list[tuple[int, int]],
) -> None:
    running = {minute for first, last in ran for minute in range(first, last)}
    instants: list[Span] = [
        (AUTUMN + timedelta(minutes=first), AUTUMN + timedelta(minutes=last)) for first, last in ran
    ]

    expected = sum(IS_OPEN[minute] for minute in running)
    assert OPEN[SHANGHAI].elapsed_s(instants, AUTUMN) == 60 * expected


def test_a_clock_stands_still_while_we_wait_for_her() -> None:
    open_ = OPEN[SHANGHAI]
    ran: list[Span] = [
        (wall("2026-08-24T10:00"), wall("2026-08-24T10:10")),
        (wall("2026-08-24T11:55"), None),
    ]

    assert open_.elapsed_s(ran, wall("2026-08-24T13:35")) == 20 * 60
    assert local(open_.reaches(ran, 600)) == "08-24 10:10:00"
    assert local(open_.reaches(ran, 900)) == "08-24 12:00:00"
    assert local(open_.reaches(ran, 901)) == "08-24 13:30:01"
    assert open_.reaches(ran[:1], 601) is None
    assert open_.reaches([], 1) is None

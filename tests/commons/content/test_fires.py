"""When something falls due: wall clocks, jitter, quiet hours, lateness."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.commons.content import (
    Missed,
    Schedule,
    Verdict,
    due_at,
    fire_times,
    judge,
    local_day,
    next_fire,
)
from bot.kernel.clock import instant_of
from bot.kernel.ids import GroupId
from bot.pipeline.scheduler import Crons

BERLIN = "Europe/Berlin"
ZONES = [BERLIN, "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "America/Santiago"]
crons = Crons()


def daily(at: str = "30 8", zone: str = "Asia/Shanghai") -> Schedule:
    return Schedule("daily", "s.toml", 1, zone, (GroupId("vip-1"),), f"{at} * * *", file="a.md")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]  # year to minute


def walls(schedule: Schedule, start: datetime, days: int) -> list[str]:
    fires = fire_times(schedule, start, start + timedelta(days=days), crons)
    return [at.astimezone(schedule.zone).strftime("%m-%d %H:%M") for at in fires]


def test_the_first_bound_is_out_and_the_last_is_in() -> None:
    first = utc(2026, 8, 24, 0, 30)

    fires = fire_times(daily(), first, first + timedelta(days=2), crons)

    assert fires == [first + timedelta(days=1), first + timedelta(days=2)]


def test_the_autumn_night_fires_once() -> None:
    assert walls(daily("30 2", BERLIN), utc(2026, 10, 24, 12), 2) == ["10-25 02:30", "10-26 02:30"]


def test_the_spring_night_fires_once_when_the_gap_ends() -> None:
    assert walls(daily("30 2", BERLIN), utc(2026, 3, 28, 12), 2) == ["03-29 03:00", "03-30 02:30"]


def test_a_paused_schedule_never_fires() -> None:
    assert walls(replace(daily(), paused=True), utc(2026, 8, 24), 9) == []


def test_a_blackout_leaves_its_days_out() -> None:
    black = ((date(2026, 2, 16), date(2026, 2, 18)), (date(2026, 2, 18), date(2026, 2, 19)))

    fires = walls(replace(daily(), blackout=black), utc(2026, 2, 14, 12), 6)

    assert fires == ["02-15 08:30", "02-20 08:30"]


def test_a_long_blackout_costs_one_step() -> None:
    black = ((date(2026, 1, 1), date(2040, 1, 1)),)
    schedule = replace(daily(), cron="* * * * *", blackout=black)

    assert next_fire(schedule, utc(2026, 5, 1), crons) == utc(2040, 1, 1, 16)


def test_one_instant_fires_once() -> None:
    schedule = replace(daily(), cron="", at=utc(2026, 9, 1))

    assert fire_times(schedule, utc(2026, 8, 1), utc(2026, 10, 1), crons) == [utc(2026, 9, 1)]
    assert fire_times(schedule, utc(2026, 9, 1), utc(2026, 10, 1), crons) == []


def test_an_instant_in_a_blackout_does_not_fire() -> None:
    schedule = replace(daily(), cron="", at=utc(2026, 9, 1), blackout=((date(2026, 9, 1),) * 2,))

    assert next_fire(schedule, utc(2026, 8, 1), crons) is None


def test_the_day_is_the_local_one() -> None:
    assert local_day(daily(), utc(2026, 8, 24, 16)) == date(2026, 8, 25)


def test_jitter_is_the_same_each_time_and_differs_between_groups() -> None:
    schedule, fire = replace(daily(), jitter_s=600), utc(2026, 8, 24, 0, 30)

    dues = {group: due_at(schedule, group, fire) for group in map(str, range(50))}

    assert all(due_at(schedule, group, fire) == due for group, due in dues.items())
    assert all(timedelta() <= due - fire <= timedelta(seconds=600) for due in dues.values())
    assert len(set(dues.values())) > 40


QUIET = {
    "before": ((21, 59), (21, 59)),
    "as it begins": ((22, 0), (32, 0)),
    "at night": ((23, 30), (32, 0)),
    "in the morning": ((7, 59), (8, 0)),
    "as it ends": ((8, 0), (8, 0)),
}


@pytest.mark.parametrize(("fires", "due"), QUIET.values(), ids=QUIET.keys())
def test_quiet_hours_hold_a_message_until_they_end(
    fires: tuple[int, int], due: tuple[int, int]
) -> None:
    schedule = replace(daily(), quiet_hours=(time(22), time(8)))
    midnight = instant_of(datetime(2026, 8, 24), schedule.zone)  # noqa: DTZ001

    found = due_at(schedule, "vip-1", midnight + timedelta(hours=fires[0], minutes=fires[1]))

    assert found == midnight + timedelta(hours=due[0], minutes=due[1])


def test_quiet_hours_at_noon_end_the_same_day() -> None:
    schedule = replace(daily(zone="UTC"), quiet_hours=(time(12), time(14)))

    assert due_at(schedule, "a", utc(2026, 8, 24, 13)) == utc(2026, 8, 24, 14)
    assert due_at(schedule, "a", utc(2026, 8, 24, 14)) == utc(2026, 8, 24, 14)


LATE = {
    "in time": (1800, Missed.SKIP, Verdict.SEND),
    "too late": (1801, Missed.SKIP, Verdict.SKIP),
    "late but wanted": (99_999, Missed.LATE, Verdict.SEND),
    "to be asked": (1801, Missed.ASK, Verdict.ASK),
}


@pytest.mark.parametrize(("late_s", "missed", "verdict"), LATE.values(), ids=LATE.keys())
def test_lateness_is_judged_by_the_schedule(late_s: int, missed: Missed, verdict: Verdict) -> None:
    schedule, due = replace(daily(), late_at_most_s=1800, missed=missed), utc(2026, 8, 24)

    assert judge(schedule, due, due + timedelta(seconds=late_s)) is verdict


@given(
    zone=st.sampled_from(ZONES),
    start=st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31)),  # noqa: DTZ001
    cuts=st.lists(st.integers(0, 4 * 86_400), max_size=5),
    minute=st.integers(0, 59),
    hour=st.integers(0, 23),
)
@example(zone=BERLIN, start=datetime(2026, 10, 24), cuts=[93_600], minute=30, hour=2)  # noqa: DTZ001
@example(zone=BERLIN, start=datetime(2026, 3, 28), cuts=[90_000], minute=30, hour=2)  # noqa: DTZ001
@example(zone="UTC", start=datetime(2028, 2, 27), cuts=[], minute=0, hour=0)  # noqa: DTZ001
@example(zone="UTC", start=datetime(2026, 12, 30), cuts=[], minute=59, hour=23)  # noqa: DTZ001
def test_looking_in_pieces_finds_what_looking_at_once_finds(
    zone: str, start: datetime, cuts: list[int], minute: int, hour: int
) -> None:
    schedule, begin = daily(f"{minute} {hour}", zone), start.replace(tzinfo=UTC)
    bounds = [begin + timedelta(seconds=s) for s in sorted({0, *cuts, 4 * 86_400})]

    pieces = [at for one, two in pairwise(bounds) for at in fire_times(schedule, one, two, crons)]

    assert pieces == fire_times(schedule, begin, bounds[-1], crons)
    days = [local_day(schedule, at) for at in pieces]
    assert days == sorted(set(days))
    assert len(days) in (3, 4, 5)


@given(
    zone=st.sampled_from(ZONES),
    one=st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31)),  # noqa: DTZ001
    gap_s=st.integers(0, 3 * 86_400),
)
@example(zone=BERLIN, one=datetime(2026, 3, 29, 2, 30), gap_s=1800)  # noqa: DTZ001
@example(zone=BERLIN, one=datetime(2026, 10, 25, 2, 30), gap_s=1800)  # noqa: DTZ001
@example(zone="Australia/Lord_Howe", one=datetime(2026, 10, 4, 2, 15), gap_s=900)  # noqa: DTZ001
def test_a_later_wall_time_is_never_an_earlier_instant(
    zone: str, one: datetime, gap_s: int
) -> None:
    place = ZoneInfo(zone)

    assert instant_of(one, place) <= instant_of(one + timedelta(seconds=gap_s), place)


@given(
    zone=st.sampled_from(ZONES),
    fire=st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31)),  # noqa: DTZ001
    begin=st.times(),
    end=st.times(),
    jitter_s=st.integers(0, 7200),
)
def test_nothing_falls_due_early_or_in_quiet_hours(
    zone: str, fire: datetime, begin: time, end: time, jitter_s: int
) -> None:
    schedule = replace(daily(zone=zone), quiet_hours=(begin, end), jitter_s=jitter_s)

    due = due_at(schedule, "vip-1", fire.replace(tzinfo=UTC))

    assert due >= fire.replace(tzinfo=UTC)
    assert due - fire.replace(tzinfo=UTC) < timedelta(hours=28)
    assert due_at(replace(daily(zone=zone), quiet_hours=(begin, end)), "vip-1", due) == due

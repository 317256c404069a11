"""What is decided about a fire, whatever the hour."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commons.content import Missed, Schedule, parts_of
from bot.features.posts.rules import (
    Ask,
    Hold,
    Send,
    Skip,
    decide,
    foreseen_until,
    key_of,
    next_foresight,
    release,
    timing_of,
)
from bot.kernel.ids import GroupId
from bot.kernel.messages import Image, Text

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRE = datetime(2026, 8, 24, 0, 30, tzinfo=UTC)
PLAIN = Schedule(
    name="morning",
    path="s.toml",
    line=1,
    timezone="Asia/Shanghai",
    audience=(GroupId("vip-1"),),
    cron="30 8 * * *",
    content="posts",
    late_at_most_s=1800,
)

times = st.times(min_value=time(0), max_value=time(23, 59)).map(
    lambda at: at.replace(second=0, microsecond=0)
)
hours = st.none() | st.tuples(times, times).filter(lambda pair: pair[0] != pair[1])
schedules = st.builds(
    replace,
    st.just(PLAIN),
    quiet_hours=hours,
    timezone=st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York"]),
    jitter_s=st.integers(0, 6 * 3600),
    late_at_most_s=st.integers(0, 86_400),
    missed=st.sampled_from(Missed),
)
instants = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2028, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
delays = st.timedeltas(min_value=timedelta(days=-1), max_value=timedelta(days=3))


def is_quiet(schedule: Schedule, at: datetime) -> bool:
    if schedule.quiet_hours is None:
        return False
    begin, end = schedule.quiet_hours
    wall = at.astimezone(schedule.zone).time()
    return begin <= wall < end if begin < end else wall >= begin or wall < end


@given(schedules, instants, delays)
def test_nothing_leaves_before_its_time_or_in_quiet_hours(
    schedule: Schedule, fire_at: datetime, delay: timedelta
) -> None:
    now = fire_at + delay
    decision = decide(schedule, "vip-1", fire_at, now)

    if isinstance(decision, Send):
        assert now >= fire_at
        assert not is_quiet(schedule, now)
    if now < fire_at:
        assert isinstance(decision, Hold)


@given(schedules, instants, delays)
def test_what_is_held_is_decided_later_and_not_endlessly(
    schedule: Schedule, fire_at: datetime, delay: timedelta
) -> None:
    now = fire_at + delay
    decisions = []
    while isinstance(decision := decide(schedule, "vip-1", fire_at, now), Hold):
        assert decision.until > now
        now = decision.until
        decisions.append(decision)

    assert len(decisions) <= 2


@given(schedules, instants, delays)
def test_only_what_is_too_late_is_left_out_or_asked(
    schedule: Schedule, fire_at: datetime, delay: timedelta
) -> None:
    now = fire_at + delay
    decision = decide(schedule, "vip-1", fire_at, now)
    late = now - fire_at > timedelta(seconds=schedule.late_at_most_s)

    if isinstance(decision, Skip | Ask) or (isinstance(decision, Send) and decision.late):
        assert late
        wanted = {Missed.SKIP: Skip, Missed.ASK: Ask, Missed.LATE: Send}[schedule.missed]
        assert isinstance(decision, wanted)


@given(schedules, instants, delays)
def test_every_replica_decides_the_same(
    schedule: Schedule, fire_at: datetime, delay: timedelta
) -> None:
    now = fire_at + delay
    there = fire_at.astimezone(ZoneInfo("America/New_York"))

    assert decide(schedule, "vip-1", fire_at, now) == decide(schedule, "vip-1", there, now)


def test_found_at_night_it_waits_for_the_morning_and_is_then_judged_anew() -> None:
    evening = replace(PLAIN, quiet_hours=(time(22), time(8)), late_at_most_s=3600)
    fire_at = datetime(2026, 8, 24, 13, 50, tzinfo=UTC)  # 21:50
    morning = datetime(2026, 8, 25, 0, 0, tzinfo=UTC)

    assert decide(evening, "vip-1", fire_at, fire_at + timedelta(minutes=20)) == Hold(morning)
    assert decide(evening, "vip-1", fire_at, morning) == Skip()
    patient = replace(evening, missed=Missed.LATE)
    assert decide(patient, "vip-1", fire_at, morning) == Send(late=True)


def test_without_quiet_hours_everything_is_released_at_once() -> None:
    assert release(PLAIN, "vip-1", FIRE) == FIRE


def test_other_times_are_another_timing_and_other_words_are_not() -> None:
    assert timing_of(PLAIN) == timing_of(replace(PLAIN, content="other", missed=Missed.ASK))
    for change in ({"cron": "31 8 * * *"}, {"timezone": "UTC"}, {"cron": "", "at": FIRE}):
        assert timing_of(PLAIN) != timing_of(replace(PLAIN, **change))


def test_keys_tell_schedule_group_and_slot_apart() -> None:
    key = key_of("morning", "vip-1", FIRE.astimezone(SHANGHAI))

    assert key == "post:morning:vip-1:2026-08-24T00:30:00+00:00"


def test_a_post_is_its_words_and_then_its_pictures() -> None:
    picture = Image(path="a.png", alt="早安")

    assert parts_of("早", ("a.png",), "早安") == [Text("早"), picture]
    assert parts_of("", ("a.png",), "早安") == [picture]


@pytest.mark.parametrize(
    ("wall", "until"),
    [("2026-08-24T08:59", date(2026, 8, 25)), ("2026-08-24T09:00", date(2026, 8, 26))],
    ids=["early: only today", "from nine on: tomorrow too"],
)
def test_tomorrow_is_looked_at_from_nine_on(wall: str, until: date) -> None:
    now = datetime.fromisoformat(wall).replace(tzinfo=SHANGHAI)

    assert foreseen_until(now, SHANGHAI).astimezone(SHANGHAI) == datetime(
        until.year, until.month, until.day, tzinfo=SHANGHAI
    )


@given(instants)
def test_nine_o_clock_comes_once_a_day(now: datetime) -> None:
    found = next_foresight(now, SHANGHAI)

    assert timedelta() < found - now <= timedelta(days=1)
    assert found.astimezone(SHANGHAI).time() == time(9)

"""Whatever day a message was sent on, however late, however often: the kept streak is true."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commons import members, points
from bot.commons.checkins import service
from bot.commons.checkins.rules import CheckinSettings, Streak, day_of
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.work import UnitOfWork
from tests.kit.rooms import NOON, Store

SETTINGS = CheckinSettings(base_points=1, bonus_points=100, bonus_every_days=3)
START = datetime(2026, 3, 1, tzinfo=UTC)
ZONES = st.sampled_from(["Asia/Shanghai", "America/New_York", "Pacific/Apia"])
fresh = count()

# Sent and delayed, in hours: the order of arrival is another than the order of sending.
messages = st.lists(st.tuples(st.integers(0, 24 * 20), st.integers(0, 24 * 6)), max_size=30)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = Store(tmp_path_factory.mktemp("streaks"))
    yield opened
    opened.close()


def runs_of(days: set[date]) -> list[list[date]]:
    """Return the days as runs without a gap: the slow and obvious way."""
    runs: list[list[date]] = []
    for day in sorted(days):
        if runs and day - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def in_order_of_arrival(sent: list[tuple[int, int]]) -> list[datetime]:
    return [START + timedelta(hours=at) for at, _ in sorted(sent, key=lambda m: m[0] + m[1])]


def hear(uow: UnitOfWork, member: MemberId, at: datetime, day: date) -> service.Checked | None:
    try:
        return service.check_in(uow, member, day, at, SETTINGS)
    except service.AlreadyCheckedIn:
        return None


@given(messages, ZONES)
def test_the_kept_streak_is_the_counted_streak(
    ground: Store, sent: list[tuple[int, int]], timezone: str
) -> None:
    seen: set[date] = set()
    with ground.unit() as uow:
        amei = members.resolve(uow, ChannelName("t"), str(next(fresh)), NOON)
        for at in in_order_of_arrival(sent):
            day = day_of(at, ZoneInfo(timezone))
            told = hear(uow, amei, at, day)
            assert (told is None) == (day in seen)

            seen.add(day)
            runs = runs_of(seen)
            here = next(run for run in runs if day in run)
            assert service.streak_of(uow, amei) == Streak(
                runs[-1][-1], len(runs[-1]), max(map(len, runs)), len(seen)
            )
            assert told is None or (told.run_days, told.is_current) == (
                len(here),
                here is runs[-1],
            )
            assert points.balance(uow, amei) == len(seen) + sum(100 * (len(r) // 3) for r in runs)


def test_a_late_day_joins_runs_longer_than_one_read(ground: Store) -> None:
    first = date(2025, 1, 1)
    days = [first + timedelta(days=n) for n in range(301)]
    with ground.unit() as uow:
        amei = members.resolve(uow, ChannelName("t"), "long", NOON)
        for day in (*days[:150], *days[151:]):
            hear(uow, amei, NOON, day)

        told = hear(uow, amei, NOON, days[150])

        assert told is not None
        assert told.run_days == 301
        assert service.streak_of(uow, amei) == Streak(days[-1], 301, 301, 301)

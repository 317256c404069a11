"""The boards hold what the check-ins say, whatever the order in which days arrive."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commons import members
from bot.commons.checkins import service as checkins
from bot.commons.checkins.rules import CheckinSettings
from bot.features.rankings import feature, keeping, reads
from bot.features.rankings.reads import What
from bot.features.rankings.rules import Standing, is_record, last_run, lines
from bot.kernel.ids import MemberId
from bot.kernel.work import UnitOfWork
from tests.kit.rooms import NOON, Store
from tests.kit.talk import CHANNEL

FIRST = date(2026, 7, 1)
DAYS = st.lists(st.integers(0, 70), min_size=1, max_size=50)


def month_days(days: set[date], today: date) -> int:
    return sum((day.year, day.month) == (today.year, today.month) for day in days)


def run_days(days: set[date], today: date) -> int:
    """Count backwards from today, or from yesterday, one by one."""
    day = today if today in days else today - timedelta(days=1)
    count = 0
    while day in days:
        count, day = count + 1, day - timedelta(days=1)
    return count


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = Store(tmp_path_factory.mktemp("rankings"))
    yield opened
    opened.close()


_NAMES = count()


def _new(uow: UnitOfWork) -> MemberId:
    return members.resolve(uow, CHANNEL, f"m{next(_NAMES)}", NOON)


@settings(max_examples=40)
@given(log=DAYS, taken=st.lists(st.integers(0, 70), max_size=10), later=st.integers(0, 3))
def test_the_figures_are_those_of_the_check_ins(
    shared: Store, log: list[int], taken: list[int], later: int
) -> None:
    with shared.unit() as uow:
        her, days = _new(uow), {FIRST + timedelta(days=offset) for offset in log}
        for offset in log:
            _check_in(uow, her, FIRST + timedelta(days=offset))
        streak, today = checkins.streak_of(uow, her), max(days) + timedelta(days=later)
        assert streak is not None
        assert _figures(uow, her, today) == (month_days(days, today), streak.days_on(today))
        for offset in taken:
            days.discard(FIRST + timedelta(days=offset))
            keeping.unmark(uow, her, FIRST + timedelta(days=offset))
        today = max(days, default=FIRST) + timedelta(days=later)
        assert _figures(uow, her, today) == (month_days(days, today), run_days(days, today))


def _check_in(uow: UnitOfWork, her: MemberId, day: date) -> None:
    """Let her check in; the boards hear of a repeat too, which changes nothing."""
    at = datetime.combine(day, time(4), UTC)
    with suppress(checkins.AlreadyCheckedIn):
        checkins.check_in(uow, her, day, at, CheckinSettings())
    keeping.mark(uow, her, day)


def _figures(uow: UnitOfWork, her: MemberId, today: date) -> tuple[int, int]:
    return (
        reads.own_days(uow, What.MONTH, today, her),
        reads.own_days(uow, What.RUN, today, her),
    )


@given(
    figures=st.lists(st.integers(1, 31), max_size=40),
    top=st.integers(1, 20),
)
def test_places_are_fair(figures: list[int], top: int) -> None:
    rows = [Standing(MemberId(n), days) for n, days in enumerate(sorted(figures, reverse=True), 1)]
    shown = lines(rows, top=top, people=len(rows))
    named = {who: line for line in shown for who in line.members}
    assert len(named) <= max(top, 1)
    for who, line in named.items():
        days = rows[who - 1].days
        assert line.days == days
        assert line.place == 1 + sum(other > days for other in figures)
        assert figures.count(days) == len(line.members)
    lower_half = {row.member for row in rows if sum(o > row.days for o in figures) * 2 > len(rows)}
    assert lower_half.isdisjoint(named)


@given(st.sets(st.dates(date(2026, 1, 1), date(2026, 4, 1)), max_size=60))
def test_the_newest_run_is_found_across_months(days: set[date]) -> None:
    masks: dict[str, int] = {}
    for day in days:
        month = day.isoformat()[:7]
        masks[month] = masks.get(month, 0) | 1 << (day.day - 1)
    run = last_run(sorted(masks.items(), reverse=True))
    assert (run is None) == (not days)
    if run is not None:
        assert run.last_day == max(days)
        assert run.days == run_days(days, max(days))


def test_a_record_is_told_on_the_day_it_falls_only() -> None:
    def months(*numbers: int) -> list[tuple[str, int]]:
        return [("2026-08", sum(1 << (n - 1) for n in numbers))]

    assert not is_record(months(1, 2, 3))  # a first run beats nothing
    assert not is_record(months(1, 2, 5, 6))
    assert is_record(months(1, 2, 5, 6, 7))
    assert not is_record(months(1, 2, 5, 6, 7, 8))
    assert not is_record([])


@settings(max_examples=25)
@given(one=st.sets(st.integers(0, 60)), other=st.sets(st.integers(0, 60)))
def test_two_members_made_one_have_the_days_of_both_and_part_again(
    shared: Store, one: set[int], other: set[int]
) -> None:
    today = FIRST + timedelta(days=60)
    with shared.unit() as uow:
        goes, stays = _new(uow), _new(uow)
        for her, days in ((goes, one), (stays, other)):
            for offset in days:
                keeping.mark(uow, her, FIRST + timedelta(days=offset))
        before = [_figures(uow, her, today) for her in (goes, stays)]
        [mover] = [m for m in feature.personal[0].movers if "rank_months" in m.tables]
        moved = mover.move(uow, goes, stays)
        both = {FIRST + timedelta(days=n) for n in one | other}
        assert _figures(uow, stays, today) == (month_days(both, today), run_days(both, today))
        assert _figures(uow, goes, today) == (0, 0)
        mover.back(uow, goes, stays, moved)
        assert [_figures(uow, her, today) for her in (goes, stays)] == before

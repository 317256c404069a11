"""When clocks ring, and who is told in what order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commons.clocks.rules import (
    Marks,
    Rung,
    Stage,
    Timer,
    marks_of,
    marks_until,
    percentile,
    rungs_of,
    share,
    stages,
)
from bot.commons.duty import Hours, Kind, Roster
from bot.commons.duty.levels import level_for

NOON = datetime(2026, 8, 24, 4, 0, tzinfo=UTC)
CLOSED = Hours(Hours.always().zone, lambda _day: ())


def minutes(kind: Kind, timer: Timer, tier: str = "") -> list[tuple[Stage, float]]:
    level = level_for(Roster().all_levels, kind, tier)
    return [(stage, after_s / 60) for stage, after_s in stages(level, timer)]


@pytest.mark.parametrize(
    ("kind", "tier", "expected"),
    [
        (Kind.SAFETY, "", [("holder", 0), ("supervisor", 0), ("operations", 5)]),
        (Kind.COMPLAINT, "时光挚友", [("holder", 0), ("supervisor", 10), ("operations", 20)]),
        (Kind.COMPLAINT, "", [("holder", 0), ("supervisor", 15), ("operations", 30)]),
        (
            Kind.PURCHASE,
            "",
            [("holder", 0), ("holder", 10), ("supervisor", 20), ("operations", 30)],
        ),
        (
            Kind.QUESTION,
            "时光挚友",
            [("holder", 0), ("holder", 15), ("supervisor", 30), ("operations", 45)],
        ),
        (Kind.HUMAN, "", [("holder", 0), ("holder", 15), ("supervisor", 30), ("operations", 45)]),
    ],
)
def test_the_way_up_is_that_of_the_table(
    kind: Kind, tier: str, expected: list[tuple[str, float]]
) -> None:
    assert minutes(kind, Timer.FIRST, tier) == expected
    assert minutes(kind, Timer.NEXT, tier) == expected
    assert minutes(kind, Timer.PROMISE, tier) == [("operations", 0)]


def test_a_supervisor_is_told_when_the_file_says_so_and_not_before_the_time_is_over() -> None:
    complaint = level_for(Roster().all_levels, Kind.COMPLAINT)
    sooner = replace(complaint, first_s=600, next_s=900, supervisor_s=1200)
    early = replace(complaint, first_s=600, next_s=900, supervisor_s=300)

    assert stages(sooner, Timer.FIRST) == [
        ("holder", 0),
        ("supervisor", 600),
        ("operations", 1500),
    ]
    assert stages(early, Timer.FIRST)[1] == ("supervisor", 0)


def test_whoever_works_on_an_end_is_told_once() -> None:
    assert minutes(Kind.HUMAN, Timer.RESOLVE) == [
        ("holder", 0),
        ("supervisor", 30),
        ("operations", 45),
    ]
    assert rungs_of(Stage.HOLDER, Timer.RESOLVE, is_taken=True) == [Rung.ADVISOR]


def test_a_shop_that_never_opens_makes_nothing_ring() -> None:
    level = level_for(Roster().all_levels, Kind.HUMAN)

    assert marks_of(level, Timer.FIRST, NOON, CLOSED).due_at > NOON + timedelta(days=365)
    assert marks_until(CLOSED, NOON, NOON + timedelta(hours=1)).half_at == NOON + timedelta(hours=1)


@given(st.lists(st.integers(0, 10_000), min_size=3, max_size=3), st.integers(-100, 40_000))
def test_a_share_never_falls_and_is_over_with_the_time(steps: list[int], at: int) -> None:
    half, most, due = (NOON + timedelta(seconds=sum(steps[: n + 1])) for n in range(3))
    marks, now = Marks(half, most, due), NOON + timedelta(seconds=at)
    found = share(NOON, marks, now)

    assert 0 <= found <= 1
    assert (found == 1) == (now >= due)
    assert found <= share(NOON, marks, now + timedelta(seconds=1))


@given(st.lists(st.integers(0, 1000), max_size=50))
def test_a_percentile_is_one_of_the_values(values: list[int]) -> None:
    found = percentile(sorted(values), 0.9)

    assert found in values or (not values and found == 0)
    assert sum(one <= found for one in values) >= 0.9 * len(values)

"""A month of a small community, lived by the house and by an oracle that knows only the acts.

`python -m bench month --long` does the same with 200 groups of 50.
"""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from tests.kit.month import Month
from tests.kit.month_acts import WAVES, Kind, Plan, Terms

YEAR_ENDS = Terms()
CLOCKS_GO_BACK = Terms(zone="America/New_York", first=date(2026, 10, 5), grace_minutes=30)
LEAP_DAY = Terms(zone="Europe/Berlin", first=date(2028, 2, 12))


@dataclass
class Lived:
    month: Month
    wrong: list[str]


async def lived(folder: Path, plan: Plan) -> Lived:
    """Let the month happen; compare on every fifth evening and at the end."""
    month = Month(folder, plan)
    wrong: list[str] = []
    async with month.house:
        await month.begin()
        for number, wave in enumerate(plan.waves, 1):
            await month.live(wave)
            if number % (5 * len(WAVES)) == 0 or number == len(plan.waves):
                wrong += await month.differences()
    return Lived(month, wrong)


@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    ("terms", "seed"),
    [(YEAR_ENDS, 31), (CLOCKS_GO_BACK, 32), (LEAP_DAY, 33)],
    ids=["a year ends", "clocks go back", "a leap day"],
)
async def test_streaks_points_badges_ballots_and_boards_are_those_of_the_oracle(
    tmp_path: Path, terms: Terms, seed: int
) -> None:
    plan = Plan(terms, groups=2, members=9, seed=seed)
    there = {act.kind for wave in plan.waves for act in wave.acts}
    assert there == set(Kind)
    told = await lived(tmp_path, plan)
    assert told.wrong == []
    oracle = told.month.oracle
    assert {badge for life in oracle.lives() for badge in life.badges} >= {"seven", "ten"}
    assert any(part.done for life in oracle.lives() for part in life.parts.values())
    assert set(oracle.counted) == {poll.name for poll in terms.polls}
    assert any(lot.ends <= oracle.today for life in oracle.lives() for lot in life.lots)


@pytest.mark.parametrize(
    "changed",
    [{"base": 6}, {"expire_months": 2}, {"triple_factor": 2}],
    ids=["worth", "expiry", "doubles"],
)
async def test_an_oracle_of_other_terms_disagrees(tmp_path: Path, changed: dict[str, int]) -> None:
    plan = Plan(YEAR_ENDS, groups=1, members=8, seed=34)
    month = Month(tmp_path, plan)
    month.oracle.terms = replace(YEAR_ENDS, **changed)  # type: ignore[arg-type]  # numbers
    async with month.house:
        await month.begin()
        for wave in plan.waves:
            await month.live(wave)
        assert any(" points: " in sentence for sentence in await month.differences())

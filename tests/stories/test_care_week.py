"""Some days of a shop on which much goes wrong: sick leave, a holiday, bad lines, deaths.

`python -m bench care --long` does the same with 2,000 conversations in a week.
"""

from pathlib import Path

import pytest

from tests.kit.care_week import CareWeek
from tests.kit.care_week_audit import audit
from tests.kit.care_week_plan import NEEDS_A_HUMAN, Plan

THURSDAY = 3
"""The Friday after it is a holiday, and an advisor is ill, another leaves on this day."""


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest) -> str:
    """Offer nothing, which means SQLite; or a database for two replicas."""
    found = request.getfixturevalue("postgres") if request.param == "postgres" else ""
    return str(found)


@pytest.mark.timeout(180)
async def test_nobody_is_forgotten_and_nobody_is_disturbed(tmp_path: Path, url: str) -> None:
    # two replicas take several times as long, for what only they can spoil
    plan = Plan(40 if url else 60, first_day=THURSDAY, days=1 if url else 2, seed=5)
    step_minutes = 20 if url else 10
    async with CareWeek(tmp_path, plan, url=url, kills=4, step_minutes=step_minutes) as week:
        await week.live()
        books = await audit(week)
    assert books.wrong() == []
    assert week.killed >= 2
    assert week.platform.troubles >= 5
    assert {talk.want for talk in plan.found} >= NEEDS_A_HUMAN
    assert len(books.openings) >= 10
    assert {rung.step for rung in books.ladder} >= {"deputy", "supervisor", "operations"}

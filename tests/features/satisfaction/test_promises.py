"""Whatever happens in whatever order: each opening is asked about once, and only answers count."""

from random import Random

import pytest

from bot.commons.cases import Ending
from tests.features.satisfaction.conftest import Shop, run_jobs

ACTS = (
    "human",
    "five",
    "vote",
    "checkin",
    "solved",
    "false_alarm",
    "quiet",
    "speak",
    "short",
    "long",
)


@pytest.mark.parametrize("seed", range(5))
async def test_each_opening_is_asked_about_at_most_once(shop: Shop, seed: int) -> None:
    luck = Random(seed)  # noqa: S311 - to be played again
    for _ in range(60):
        match luck.choice(ACTS):
            case "human":
                await shop.says("转人工")
            case "five":
                await shop.says("5")
            case "vote":
                await shop.says("投票 2")
            case "checkin":
                await shop.says("打卡")
            case "quiet":
                await shop.says("安静")
            case "speak":
                await shop.says("恢复")
            case "short":
                shop.house.clock.tick(minutes=2)
                await run_jobs(shop.house)
            case "long":
                shop.house.clock.tick(days=luck.randint(1, 20))
                await run_jobs(shop.house)
            case code:
                await shop.served(Ending(code))

    asked = await shop.house.ask("SELECT key FROM outbox WHERE why = 'satisfaction'")
    known = await shop.house.ask("SELECT id FROM case_ratings WHERE asked_at IS NOT NULL")
    assert asked, "the test would say nothing"
    assert len(asked) == len({*asked})
    assert {key for (key,) in asked} >= {f"satisfaction:{number}" for (number,) in known}
    openings = await shop.house.ask("SELECT case_id, times_opened FROM case_ratings")
    assert len(openings) == len({*openings})
    scored = await shop.house.ask("SELECT state FROM case_ratings WHERE score > 0")
    assert {*scored} <= {("answered",)}
    wrong = await shop.house.ask(
        "SELECT r.id FROM case_ratings r JOIN case_steps s ON s.case_id = r.case_id"
        " AND s.what IN ('resolved', 'closed') AND s.words LIKE 'false_alarm%'"
        " WHERE r.asked_at > s.at AND NOT EXISTS (SELECT 1 FROM case_steps a WHERE"
        " a.case_id = r.case_id AND a.what = 'reopened' AND a.at > s.at)"
    )
    assert wrong == [], "never after a false alarm"
    await talks_to_nobody(shop)


async def talks_to_nobody(shop: Shop) -> None:
    """Assert that no question left while a human had her."""
    rows = await shop.house.ask(
        "SELECT o.id FROM outbox o JOIN case_steps b ON b.what IN ('opened', 'reopened')"
        " AND o.claimed_at > b.at AND NOT EXISTS (SELECT 1 FROM case_steps e WHERE"
        " e.case_id = b.case_id AND e.what IN ('resolved', 'closed') AND e.at > b.at"
        " AND e.at <= o.claimed_at) WHERE o.why = 'satisfaction' AND o.status = 'sent'"
    )
    assert rows == []

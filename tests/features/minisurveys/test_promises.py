"""Whatever orders come in whatever order: once for each node, and seldom for each member."""

from collections import defaultdict
from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest

from bot.commons.orders import Status
from bot.storage.columns import instant
from tests.features.minisurveys.conftest import DAY, DELIVERED, TWO, USED, Shop

PEOPLE = ("amei", "lily", "vivi")
ACTS = ("order", "order", "arrive", "refund", "say", "checkin", "human", "hours", "hours", "days")


@pytest.mark.parametrize("seed", range(6))
async def test_each_node_is_asked_once_and_each_member_seldom(shop: Shop, seed: int) -> None:
    luck = Random(seed)  # noqa: S311 - to be played again
    shop.writes(TWO, DELIVERED, USED)
    for who in PEOPLE:
        await shop.joins(who)
    placed: list[tuple[str, str]] = []
    for _ in range(70):
        who = luck.choice(PEOPLE)
        match luck.choice(ACTS):
            case "order":
                paid_at = shop.now - luck.choice((0, 0, 1, 40)) * DAY
                placed.append((who, await shop.orders(who, paid_at=paid_at)))
            case "arrive" if placed:
                her, number = luck.choice(placed)
                await shop.orders(her, number=number, paid_at=shop.now - DAY, delivered_at=shop.now)
            case "refund" if placed:
                her, number = luck.choice(placed)
                await shop.orders(her, number=number, status=Status.REFUNDED)
            case "say":
                await shop.says(luck.choice(("很用心", "跳过", "回答 小码再多些", "没有")), who)
            case "checkin":
                await shop.says("打卡", who)
            case "human" if luck.random() < 0.1:
                await shop.says("转人工", who)
            case "days":
                await shop.waits(days=luck.randint(1, 6))
            case _:
                await shop.waits(hours=luck.randint(1, 9))

    await keeps_its_promises(shop)


async def keeps_its_promises(shop: Shop) -> None:
    """Look at all that was asked."""
    rows = await shop.house.ask(
        "SELECT recipient, created_at FROM outbox WHERE key LIKE 'minisurveys:%' ORDER BY id"
    )
    assert rows, "the test would say nothing"
    times = defaultdict(list)
    for who, at in rows:
        times[who].append(instant(at))
    for asked in times.values():
        for before, after in pairwise(asked):
            assert after - before >= timedelta(days=14)
        assert all(9 <= at.hour + 8 < 21 for at in asked), "by day in Shanghai"
    nodes = await shop.house.ask("SELECT order_id, node FROM mini_surveys")
    assert len(nodes) == len({*nodes})
    known = await shop.house.ask("SELECT key FROM mini_surveys WHERE asked_at IS NOT NULL")
    assert {key for (key,) in known} <= {f"minisurveys:{n}" for n in range(1, 1000)}
    assert len(rows) == len(known)
    long = await shop.house.ask("SELECT max(step) FROM mini_surveys")
    assert long[0][0] in {0, 1, 2}
    deeds = await shop.house.ask("SELECT key FROM deeds WHERE kind = 'feedback'")
    answered = await shop.house.ask("SELECT id FROM mini_surveys WHERE state = 'answered'")
    assert {key for (key,) in deeds} == {f"feedback:minisurveys:{n}" for (n,) in answered}

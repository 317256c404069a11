"""What is known of a member raises what she says, even a lone message."""

from datetime import timedelta

import pytest

from bot.commons import cases
from bot.kernel.work import UnitOfWork
from tests.features.care.conftest import Shop

HALF_A_COMPLAINT = "等了好几天了"
"""Nothing that rings by itself."""


async def complained(shop: Shop) -> None:
    """Let her complain, be helped, and the case be closed."""
    await shop.says("你们这衣服洗一次就破了个大洞，我要投诉")
    case = await shop.accepts()
    await shop.resolves(case)
    await shop.advisor(
        lambda uow: cases.close(uow, case.id, who="lisi", code=cases.Ending.SOLVED),
    )


async def called_a_human(shop: Shop, *, is_kept: bool) -> None:
    """Let her be promised something, and the case end."""
    await shop.says("转人工")
    case = await shop.accepts()
    due_at = shop.house.clock.now() + timedelta(hours=1)

    def promised(uow: UnitOfWork) -> None:
        cases.human_has_written(uow, case, uow.clock.now())
        number = cases.promise(uow, case, what="回电", who="lisi", due_at=due_at)
        cases.end(uow, number, who="lisi", is_kept=is_kept)

    await shop.advisor(promised)
    await shop.resolves(case)
    await shop.advisor(
        lambda uow: cases.close(uow, case.id, who="lisi", code=cases.Ending.ANSWERED),
    )


async def opened(shop: Shop) -> list[tuple[object, ...]]:
    """Return the reasons of the cases that are open now."""
    return list(await shop.rows("SELECT reasons FROM cases WHERE ended_at IS NULL"))


@pytest.mark.parametrize(("days", "rings"), [(29, True), (31, False)])
async def test_a_complaint_counts_for_thirty_days(shop: Shop, days: int, *, rings: bool) -> None:
    await complained(shop)
    shop.house.clock.tick(days=days)
    await shop.says(HALF_A_COMPLAINT)

    assert ["最近 30 天投诉过" in str(one) for one in await opened(shop)] == [True] * rings


async def test_without_a_complaint_the_same_words_ring_nobody(shop: Shop) -> None:
    await shop.says(HALF_A_COMPLAINT)

    assert await opened(shop) == []


@pytest.mark.parametrize(
    ("is_kept", "days", "rings"), [(False, 3, True), (True, 3, False), (False, 31, False)]
)
async def test_a_broken_promise_counts_for_thirty_days(
    shop: Shop, days: int, *, is_kept: bool, rings: bool
) -> None:
    await called_a_human(shop, is_kept=is_kept)
    shop.house.clock.tick(days=days)
    await shop.says(HALF_A_COMPLAINT)

    assert ["答应的事没有按时做到" in str(one) for one in await opened(shop)] == [True] * rings


async def test_a_promise_that_is_overdue_counts_before_anybody_says_so(shop: Shop) -> None:
    await shop.says("转人工")
    case = await shop.accepts()
    due_at = shop.house.clock.now() + timedelta(hours=1)
    await shop.advisor(
        lambda uow: cases.promise(uow, case, what="回电", who="lisi", due_at=due_at),
    )
    await shop.resolves(case)
    shop.house.clock.tick(hours=2)
    member = await shop.member()
    since = shop.house.clock.now() - timedelta(days=30)

    assert await shop.house.house.writer.look(lambda uow: cases.broken_to(uow, member, since)) >= 1


async def test_what_is_known_makes_nothing_of_a_greeting(shop: Shop) -> None:
    await complained(shop)
    await shop.says("早安姐妹们")

    assert await opened(shop) == []

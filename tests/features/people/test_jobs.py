"""Imported orders find their members, and rooms hear of them, while the house runs."""

from pathlib import Path

from bot.commons import orders, profiles
from bot.features import checkin, people
from bot.kernel.events import OrderPaid
from bot.kernel.feature import Feature
from bot.kernel.work import Toolbox, UnitOfWork
from tests.kit.house import PHONE, HouseUnderTest
from tests.kit.rooms import NOON


async def test_an_order_that_was_imported_before_she_came_is_told_once_she_comes(
    tmp_path: Path,
) -> None:
    heard: list[OrderPaid] = []

    def hear(_uow: UnitOfWork, event: OrderPaid, _tools: Toolbox) -> None:
        heard.append(event)

    listener = Feature("listener", listeners={OrderPaid: [hear]})
    async with HouseUnderTest(tmp_path, [people.feature, checkin.feature, listener]) as house:
        ref = profiles.Ref(PHONE, "amei")
        order = orders.Order("pos", "A-1", ref, NOON, 80_000)
        await house.house.writer.do(lambda uow: orders.record(uow, order))
        await house.house.clockwork.run_all()
        assert heard == []

        await house.hears("amei", "打卡")
        for _ in range(2):
            await house.house.clockwork.run_all()

    assert [(one.member, one.paid_fen) for one in heard] == [(1, 80_000)]

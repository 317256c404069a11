"""A month of check-ins through the whole house: boards, a digest at night, a member who leaves."""

from datetime import timedelta
from pathlib import Path

from bot.features import checkin, rankings
from bot.features.rankings import digest
from bot.features.rankings.digest import Nightly
from bot.kernel.ids import GroupId
from bot.kernel.ports import Group, Groups
from bot.kernel.work import UnitOfWork
from tests.kit.house import PHONE, HouseUnderTest


async def test_a_week_of_a_group_ends_in_a_board_and_a_thank_you(tmp_path: Path) -> None:
    rooms = [checkin.feature, rankings.feature]
    async with HouseUnderTest(tmp_path, rooms) as house:
        group = Group(GroupId("vip-1"), "穿搭一群", PHONE, "vip-1")
        house.tools.add(Groups, Groups.of([group]))

        def turn_on(uow: UnitOfWork) -> None:
            digest.set_nightly(uow, house.tools, group.id, Nightly(is_on=True), who="lin")

        await house.house.writer.do(turn_on)
        for day in range(7):
            for who in ("amei", "lily", "rosa") if day else ("amei",):
                await house.hears(who, "打卡", group="vip-1", conversation="vip-1")
            await house.hears("amei", "打卡", group="vip-1", conversation="vip-1")
            house.clock.at = house.clock.at.replace(hour=13, minute=31)
            for _ in range(3):
                await house.house.clockwork.run_all()
            await house.house.engine.settle()
            house.clock.at = (house.clock.at + timedelta(days=1)).replace(hour=4, minute=0)
        said = await house.ask("SELECT key FROM outbox WHERE why = 'rankings.digest' ORDER BY id")
        assert len(said) == len(set(said)) == 7
        [board] = await house.hears("amei", "排行榜")
        assert "7 天　← 你" in board
        [left] = await house.hears("amei", "退出排行榜")
        assert "不在排行榜上了" in left
        [board] = await house.hears("lily", "排行榜")
        assert "7 天" not in board
        assert await house.ask("SELECT people FROM digests ORDER BY day") == [(1,), *[(3,)] * 6]

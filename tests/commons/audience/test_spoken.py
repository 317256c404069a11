"""Where no platform lists who is in a group, it is whoever has spoken to the bot there."""

from pathlib import Path

from bot.commons import audience
from bot.features import checkin
from bot.kernel.ids import GroupId, MemberId
from bot.kernel.ports import Group, Groups
from tests.kit.house import PHONE, HouseUnderTest

GROUPS = Groups.of([Group(GroupId("vip-1"), "一群", PHONE, "chat-1")])


async def test_whoever_speaks_in_a_group_is_in_it(tmp_path: Path) -> None:
    async with HouseUnderTest(tmp_path, [checkin.feature]) as house:
        await house.hears("amei", "打卡", group="chat-1", conversation="chat-1:amei")
        await house.hears("amei", "我的打卡", group="chat-1", conversation="chat-1:amei")
        await house.hears("lily", "打卡")

        found = await house.house.writer.look(
            lambda uow: audience.members_of(uow, ["group:vip-1"], GROUPS)
        )

    assert found == [MemberId(1)]

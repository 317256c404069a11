"""A nickname that arrives with a message is how operators and advisors find somebody."""

from pathlib import Path

import pytest

from bot.commons import members
from bot.features import help as help_room
from bot.kernel.ids import MemberId
from tests.kit.house import HouseUnderTest

HOSTILE = "\u202e<img src=x onerror=alert(1)>" + "长" * 500
AMEI = MemberId(1)


async def called(house: HouseUnderTest) -> str | None:
    return await house.house.writer.look(lambda uow: members.display_name(uow, AMEI))


@pytest.mark.parametrize(
    ("name", "shown"),
    [("阿美", "阿美"), (HOSTILE, "<img src=x onerror=…"), ("", None)],
    ids=["a name", "hostile", "none"],
)
async def test_a_member_is_called_by_her_nickname(
    tmp_path: Path, name: str, shown: str | None
) -> None:
    async with HouseUnderTest(tmp_path, [help_room.feature]) as house:
        await house.hears("amei", "帮助", extra={"name": name})

        assert await called(house) == shown


async def test_a_new_nickname_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    async with HouseUnderTest(tmp_path, [help_room.feature]) as house:
        await house.hears("amei", "帮助", extra={"name": "阿美"})
        await house.hears("amei", "帮助", extra={"name": "美美"})
        await house.hears("amei", "帮助")  # a message without a name takes none away

        assert await called(house) == "美美"

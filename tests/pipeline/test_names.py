"""A nickname that arrives with a message is how operators find somebody in the console."""

from pathlib import Path

import pytest

from bot.features import help as help_room
from tests.kit.house import HouseUnderTest

HOSTILE = "\u202e<img src=x onerror=alert(1)>" + "长" * 500
(PAGE,) = help_room.feature.pages


async def page(house: HouseUnderTest) -> str:
    shown = await house.house.writer.look(lambda uow: PAGE.load(uow, house.tools, {}))
    return house.words(PAGE.template, csrf_field="", **shown)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("阿美", "<bdi>阿美</bdi>（会员 1）"),
        (HOSTILE, "<bdi>&lt;img src=x onerror=…</bdi>（会员 1）"),
        ("", "<td>会员 1</td>"),
    ],
    ids=["a name", "hostile", "none"],
)
async def test_the_console_calls_a_member_by_her_nickname(
    tmp_path: Path, name: str, shown: str
) -> None:
    async with HouseUnderTest(tmp_path, [help_room.feature]) as house:
        await house.hears("amei", "转人工", extra={"name": name})
        assert shown in await page(house)


async def test_a_new_nickname_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    async with HouseUnderTest(tmp_path, [help_room.feature]) as house:
        await house.hears("amei", "转人工", extra={"name": "阿美"})
        await house.hears("amei", "帮助", extra={"name": "美美"})
        await house.hears("amei", "帮助")  # a message without a name takes none away

        assert "<bdi>美美</bdi>" in await page(house)

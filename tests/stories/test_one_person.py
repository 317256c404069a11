"""A customer writes to 微信客服 and follows the official account: by and by she is one person."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import FEATURES, PERSONAL
from bot.kernel import crash
from bot.kernel.ids import ChannelName
from bot.kernel.privacy import PersonalRegistry
from tests.kit.house import HouseUnderTest, Phone
from tests.kit.rooms import Store

MP = ChannelName("mp")
ROOMS = [room for room in FEATURES if room.name in {"identity", "checkin", "privacy", "help"}]


class House:
    """A house with two phones."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self.mp = Phone(MP)
        self.built = HouseUnderTest(folder, ROOMS, url=url, doors=[self.mp])
        self.built.tools.add(PersonalRegistry, PERSONAL)

    async def on_mp(self, who: str, text: str) -> list[str]:
        before = len(self.mp.texts(who))
        changes = {"channel": MP, "conversation": f"mp:{who}"}
        update = self.built.update(who, text, **changes)
        await self.built.house.inbox.accept([update])
        await self.built.house.engine.settle()
        return self.mp.texts(who)[before:]

    async def bind(self) -> None:
        (code,) = await self.built.hears("amei", "绑定")
        found = re.search(r"\d{6}", code)
        assert found
        await self.on_mp("oAmei", f"绑定 {found[0]}")
        await self.on_mp("oAmei", "确认绑定")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def on_both(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    url = request.getfixturevalue("postgres") if request.param == "postgres" else ""
    if url:
        Store(tmp_path, url).close()
    made = House(tmp_path, url)
    async with made.built:
        yield made


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House(tmp_path)
    async with made.built:
        yield made


async def test_she_binds_checks_in_takes_along_and_leaves(house: House) -> None:
    await house.built.hears("amei", "打卡")
    await house.on_mp("oAmei", "打卡")
    await house.bind()
    (done,) = await house.built.hears("amei", "确认绑定")
    assert done.startswith("绑定好了")
    assert house.mp.texts("oAmei")[-1] == done

    assert "积分 10" in (await house.on_mp("oAmei", "打卡"))[0]
    house.built.clock.tick(days=1)
    assert "连续 2 天" in (await house.on_mp("oAmei", "打卡"))[0]
    (mine,) = await house.built.hears("amei", "我的数据")
    assert "我在这些地方认得你：phone、公众号。" in mine

    await house.built.hears("amei", "删除我的数据")
    await house.on_mp("oAmei", "确认删除")
    house.built.clock.tick(days=8)
    await house.built.house.clockwork.run_all()
    left = await house.built.ask(
        "SELECT (SELECT COUNT(*) FROM members) + (SELECT COUNT(*) FROM identities)"
        " + (SELECT COUNT(*) FROM merges) + (SELECT COUNT(*) FROM checkins)"
    )
    assert left == [(0,)]


@pytest.mark.parametrize("step", ["inbox.handling", "inbox.handled"])
async def test_a_death_in_the_middle_joins_them_once(
    house: House, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.built.hears("amei", "打卡")
    await house.on_mp("oAmei", "打卡")
    await house.bind()
    deaths = [step]

    def die(here: str) -> None:
        if here in deaths:
            deaths.remove(here)
            raise RuntimeError(here)

    monkeypatch.setattr(crash, "step", die)
    await house.built.hears("amei", "确认绑定")
    monkeypatch.undo()
    for _ in range(3):
        house.built.clock.tick(seconds=10)
        await house.built.house.engine.settle()
        await asyncio.sleep(0)

    assert await house.built.ask("SELECT COUNT(*) FROM merges") == [(1,)]
    assert await house.built.ask("SELECT COUNT(*) FROM members") == [(1,)]
    said = [words for words in house.mp.texts("oAmei") if words.startswith("绑定好了")]
    assert len(said) == 1


async def test_on_two_sides_at_once(on_both: House) -> None:
    built = on_both.built
    (code,) = await built.hears("amei", "绑定")
    found = re.search(r"\d{6}", code)
    assert found
    await on_both.on_mp("oAmei", f"绑定 {found[0]}")
    for text in ("确认绑定", "打卡"):
        there = built.update("oAmei", text, channel=MP, conversation="mp:oAmei")
        await built.house.inbox.accept([built.update("amei", text), there])
    await built.house.engine.settle()

    assert await built.ask("SELECT COUNT(*) FROM members") == [(1,)]
    assert await built.ask("SELECT COUNT(*) FROM checkins") == [(1,)]
    assert await built.ask("SELECT COUNT(*) FROM inbox WHERE status <> 'done'") == [(0,)]

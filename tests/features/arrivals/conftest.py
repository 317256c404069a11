"""A house with 微信客服, links that lead to it, and a group that may be recommended."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.channels.wecom.kefu import KEFU
from bot.features import arrivals, checkin
from bot.features import help as help_room
from bot.features.arrivals.rules import ArrivalsSettings
from bot.kernel.errors import Refusal
from bot.kernel.ids import ChannelName, GroupId
from bot.kernel.ports import Group, Groups
from tests.kit.house import HouseUnderTest
from tests.kit.kefu import WK, WK2, kefu
from tests.kit.platforms import Json
from tests.kit.reception import FakeReception
from tests.kit.rooms import TurnedClock

WM, WR, WR2 = "wm-invented-customer-1", "wrHiking", "wrReading"
ROOMS = [checkin.feature, arrivals.feature, help_room.feature]
(PAGE,) = arrivals.feature.pages


@dataclass
class Shop:
    """The house, the platform, and their one clock."""

    house: HouseUnderTest
    platform: FakeReception
    clock: TurnedClock

    async def settle(self) -> None:
        """Let everything that is due happen."""
        await self.house.house.fetching.poke(KEFU, {WK: "", WK2: ""})
        await self.house.house.engine.settle()

    async def says(self, text: str, who: str = WM) -> list[str]:
        """Let a customer write; return what she reads."""
        before = len(self.platform.to(who))
        self.platform.hears(who, text)
        await self.settle()
        self.clock.tick(seconds=1)
        return [one.words for one in self.platform.to(who)[before:]]

    async def enters(self, scene: str, who: str = WM, **more: object) -> None:
        """Let a customer come by a link."""
        self.platform.enters(who, scene=scene)
        self.platform.books[WK][-1]["event"] |= more
        await self.settle()
        self.clock.tick(seconds=1)

    async def page(self) -> str:
        """Return the operators' page."""
        tools = self.house.tools
        shown = await self.house.house.writer.look(lambda uow: PAGE.load(uow, tools, {}))
        return self.house.words(PAGE.template, csrf_field="", **shown)

    async def press(self, action: str, **form: str) -> str:
        """Press a button of the page; let come of it what may."""
        act, tools = PAGE.actions[action], self.house.tools
        try:
            said = await self.house.house.writer.do(lambda uow: act(uow, tools, form, "xiaoli"))
        except Refusal as refused:
            return "✗ " + self.house.words(refused.template, **refused.words)
        await self.house.house.engine.settle()
        return said

    async def notices(self) -> list[str]:
        """Return what operators were told."""
        rows = await self.house.ask("SELECT text FROM notices ORDER BY id")
        return [str(text) for (text,) in rows]

    @property
    def shown(self) -> list[Json]:
        """The groups that were recommended, and to whom."""
        return self.platform.recommended


MakeShop = Callable[..., Awaitable[Shop]]


@pytest.fixture
async def make_shop(tmp_path: Path) -> AsyncIterator[MakeShop]:
    async with AsyncExitStack() as stack:

        async def make(**settings: object) -> Shop:
            clock = TurnedClock()
            platform = await stack.enter_async_context(
                FakeReception(now=lambda: clock.now().timestamp(), token_life_s=10**7)
            )
            platform.groups, platform.tokenless_per_minute = [WR, WR2], 10_000
            door = kefu(platform, clock, tmp_path, books=(WK, WK2))
            built = HouseUnderTest(tmp_path, ROOMS, clock=clock, doors=[door])
            groups = {"default": "vip-1", "poster_read": "vip-2"}
            built.tools.add(ArrivalsSettings, ArrivalsSettings(**({"groups": groups} | settings)))
            channel = ChannelName("customer_groups")
            known = [
                Group(GroupId("vip-1"), "徒步一群", channel, WR),
                Group(GroupId("vip-2"), "共读群", channel, WR2),
            ]
            built.tools.add(Groups, Groups.of(known))
            await stack.enter_async_context(built)
            await built.house.engine.settle()
            return Shop(built, platform, clock)

        yield make


@pytest.fixture
async def shop(make_shop: MakeShop) -> Shop:
    return await make_shop()

"""A house behind 微信客服 and the humans that the platform has there, on one clock."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.channels.wecom.kefu import KEFU
from bot.kernel.community import Advisors
from bot.kernel.feature import Feature
from tests.kit.house import HouseUnderTest
from tests.kit.kefu import WK, WK2, kefu
from tests.kit.reception import FakeReception
from tests.kit.rooms import TurnedClock

WM = "wm-invented-customer-1"


@dataclass
class FrontDesk:
    """The house, the platform, and their one clock."""

    house: HouseUnderTest
    platform: FakeReception
    clock: TurnedClock

    async def settle(self) -> None:
        """Let everything that is due happen, and what comes of it."""
        await self.house.house.fetching.poke(KEFU, {WK: ""})
        for _ in range(3):
            await self.house.house.engine.settle()
            self.clock.tick(seconds=1.1)
        await self.house.house.engine.settle()


@asynccontextmanager
async def open_front_desk(
    folder: Path, rooms: Sequence[Feature], advisors: Advisors
) -> AsyncIterator[FrontDesk]:
    """Open a house with two accounts in front of it; `folder` takes its files."""
    clock = TurnedClock()
    async with FakeReception(now=lambda: clock.now().timestamp(), token_life_s=10**7) as platform:
        door = kefu(platform, clock, folder, books=(WK, WK2))
        platform.tokenless_per_minute = 10_000
        built = HouseUnderTest(folder, rooms, clock=clock, doors=[door])
        built.tools.add(Advisors, advisors)
        async with built:
            await built.house.engine.settle()
            yield FrontDesk(built, platform, clock)

"""A house with 微信客服 in front of it, and the humans that the platform has there."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.channels.wecom.kefu import KEFU
from bot.features import care, checkin, handoff, privacy
from bot.features import help as help_room
from bot.kernel.community import Advisor, Advisors
from tests.kit.house import HouseUnderTest
from tests.kit.kefu import WK, WK2, kefu
from tests.kit.reception import FakeReception
from tests.kit.rooms import TurnedClock

WM = "wm-invented-customer-1"
ROOMS = [privacy.feature, handoff.feature, care.feature, checkin.feature, help_room.feature]


@dataclass
class Desk:
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

    async def says(self, text: str, who: str = WM) -> list[str]:
        """Let a customer write; return what she reads until everything has settled."""
        before = len(self.platform.to(who))
        self.platform.hears(who, text)
        await self.settle()
        return [one.words for one in self.platform.to(who)[before:]]

    async def waits(self, **how_long: float) -> None:
        """Let time pass; the clock's jobs run at its end."""
        self.clock.tick(**how_long)
        for feature in ROOMS:
            for job in feature.jobs:
                await self.house.house.writer.do(lambda uow, j=job: j.run(uow, self.house.tools))  # type: ignore[misc]  # bound now
        await self.settle()

    async def state(self) -> tuple[object, ...]:
        """Return what we believe about the one conversation: state, human, wish."""
        [row] = await self.house.ask("SELECT state, human, wish FROM handoff_sessions")
        return row

    async def page(self) -> str:
        """Return what operators see."""
        house, (page,) = self.house, handoff.feature.pages
        shown = await house.house.writer.look(lambda uow: page.load(uow, house.tools, {}))
        return house.words(page.template, csrf_field="", **shown)

    async def notices(self) -> list[str]:
        """Return what operators were told."""
        rows = await self.house.ask("SELECT text FROM notices ORDER BY id")
        return [str(text) for (text,) in rows]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    clock = TurnedClock()
    async with FakeReception(now=lambda: clock.now().timestamp(), token_life_s=10**7) as platform:
        door = kefu(platform, clock, tmp_path, books=(WK, WK2))
        platform.tokenless_per_minute = 10_000
        built = HouseUnderTest(tmp_path, ROOMS, clock=clock, doors=[door])
        built.tools.add(Advisors, Advisors((Advisor("LiHua", "李顾问"),)))
        async with built:
            await built.house.engine.settle()
            yield Desk(built, platform, clock)

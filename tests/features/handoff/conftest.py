"""A house with 微信客服 in front of it, and the humans that the platform has there."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.features import care, checkin, handoff, privacy
from bot.features import help as help_room
from bot.kernel.community import Advisor, Advisors
from tests.kit.front_desk import WM, FrontDesk, open_front_desk

ROOMS = [privacy.feature, handoff.feature, care.feature, checkin.feature, help_room.feature]


class Desk(FrontDesk):
    """The house, the platform, and what people do at either."""

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
    advisors = Advisors((Advisor("LiHua", "李顾问"),))
    async with open_front_desk(tmp_path, ROOMS, advisors) as opened:
        yield Desk(opened.house, opened.platform, opened.clock)

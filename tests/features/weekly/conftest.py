"""A house whose weeks are counted."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.commons import cases, members
from bot.features import care, checkin, clocks, handoff, privacy, review, satisfaction, weekly
from bot.features import help as help_room
from bot.features.weekly import service
from bot.features.weekly.rules import Figure
from bot.kernel.community import Advisor, Advisors, Community
from bot.kernel.ids import MemberId
from bot.kernel.work import UnitOfWork
from tests.kit.house import PHONE, HouseUnderTest

ROOMS = [
    privacy.feature,
    handoff.feature,
    satisfaction.feature,
    care.feature,
    clocks.feature,
    review.feature,
    weekly.feature,
    checkin.feature,
    help_room.feature,
]
ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 9, 7)
"""Of the week in which things happen."""
COMPLAINT = "我要投诉你们，东西是坏的"


@dataclass
class Shop:
    """The house, and what its people do."""

    house: HouseUnderTest

    async def at(self, day: int, hour: int, minute: int = 0) -> None:
        """Let it be a time of the week, of which Monday is day 0."""
        then = datetime(MONDAY.year, MONDAY.month, MONDAY.day + day, hour, minute, tzinfo=ZONE)
        now = self.house.clock.now()
        assert then > now
        self.house.clock.tick(seconds=(then - now).total_seconds())

    async def says(self, text: str, who: str = "amei", **changes: object) -> list[str]:
        """Let a member write; return what she reads."""
        return await self.house.hears(who, text, **changes)

    async def member(self, who: str = "amei") -> MemberId:
        """Return the member behind a name."""
        found = await self.house.house.writer.look(lambda uow: members.find(uow, PHONE, who))
        assert found is not None
        return found

    async def do(self, act: object) -> None:
        """Let something happen, and everything come of it."""
        await self.house.house.writer.do(act)  # type: ignore[arg-type]  # a use case
        await self.house.house.engine.settle()

    async def case(self, who: str = "amei") -> int:
        """Return the number of a member's case."""
        member = await self.member(who)
        found = await self.house.house.writer.look(lambda uow: cases.open_of(uow, member))
        assert found is not None
        return found.id

    async def answers(self, who: str = "amei") -> None:
        """Let her advisor write to a member."""
        case = await self.case(who)
        await self.do(lambda uow: cases.answered(uow, case, "lisi", uow.clock.now()))

    async def resolves(self, who: str = "amei", code: cases.Ending = cases.Ending.SOLVED) -> None:
        """Let her advisor end a member's case."""
        case = await self.case(who)
        await self.do(lambda uow: cases.resolve(uow, case, who="lisi", code=code))

    async def runs(self) -> None:
        """Let the jobs of the rooms run."""

        def run(uow: UnitOfWork) -> None:
            for room in (satisfaction.feature, review.feature, weekly.feature):
                for job in room.jobs:
                    job.run(uow, self.house.tools)

        await self.do(run)

    async def figures(self, week: date = MONDAY) -> list[Figure]:
        """Return the numbers of a week."""
        community = self.house.tools.use(Community)
        look = self.house.house.writer.look
        return await look(lambda uow: service.figures_of(uow, community, week))

    async def figure(self, name: str, group: str = "", week: date = MONDAY) -> Figure:
        """Return one number of a week."""
        [found] = [
            one for one in await self.figures(week) if (one.name, one.group) == (name, group)
        ]
        return found

    async def page(self, **query: str) -> str:
        """Return the page of the console."""
        house, (page,) = self.house, weekly.feature.pages
        shown = await house.house.writer.look(lambda uow: page.load(uow, house.tools, query))
        return house.words(page.template, csrf_field="", **shown)

    async def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Read the database."""
        return await self.house.ask(sql)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    house = HouseUnderTest(tmp_path, ROOMS)
    house.tools.add(Advisors, Advisors((Advisor("lisi", "李顾问"),)))
    async with house:
        yield Shop(house)

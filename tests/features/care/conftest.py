"""A house in which members may need a human, with two advisors."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.commons import cases, members
from bot.features import care, checkin, handoff, polls, privacy
from bot.features import help as help_room
from bot.kernel.community import Advisor, Advisors
from bot.kernel.ids import MemberId
from bot.kernel.messages import Media, UpdateKind
from bot.kernel.work import UnitOfWork
from tests.kit.house import PHONE, HouseUnderTest

ROOMS = [
    privacy.feature,
    handoff.feature,
    care.feature,
    checkin.feature,
    polls.feature,
    help_room.feature,
]
ADVISORS = Advisors((Advisor("lisi", "李顾问"), Advisor("wangfang", "王芳")))


@dataclass
class Shop:
    """The house, and what its people do."""

    house: HouseUnderTest

    async def says(self, text: str, who: str = "amei", **changes: object) -> list[str]:
        """Let a member write; return what she reads."""
        return await self.house.hears(who, text, **changes)

    async def shows(self, kind: UpdateKind, who: str = "amei") -> list[str]:
        """Let a member send something without words; return what she reads."""
        return await self.house.hears(who, "", kind=kind, media=(Media("m-1"),))

    async def member(self, who: str = "amei") -> MemberId:
        """Return the member behind a name."""
        found = await self.house.house.writer.look(lambda uow: members.find(uow, PHONE, who))
        assert found is not None
        return found

    async def case(self, who: str = "amei") -> cases.Case:
        """Return the open case of a member."""
        member = await self.member(who)
        found = await self.house.house.writer.look(lambda uow: cases.open_of(uow, member))
        assert found is not None
        return found

    async def advisor(self, act: object) -> None:
        """Let an advisor do something, and everything come of it."""
        await self.house.house.writer.do(act)  # type: ignore[arg-type]  # a use case
        await self.house.house.engine.settle()

    async def accepts(self, who: str = "amei", advisor: str = "lisi") -> cases.Case:
        """Let an advisor take a member's case."""
        case = await self.case(who)
        await self.advisor(lambda uow: cases.accept(uow, case.id, advisor))
        return case

    async def resolves(self, case: cases.Case, code: cases.Ending = cases.Ending.SOLVED) -> None:
        """Let an advisor end a case for now."""
        await self.advisor(lambda uow: cases.resolve(uow, case.id, who="lisi", code=code))

    async def waits(self, **how_long: float) -> None:
        """Let time pass; the clock's jobs run at its end."""
        self.house.clock.tick(**how_long)
        for feature in ROOMS:
            for job in feature.jobs:

                def run(uow: UnitOfWork, job: object = job) -> None:
                    job.run(uow, self.house.tools)  # type: ignore[attr-defined]  # a Job

                await self.house.house.writer.do(run)
        await self.house.house.engine.settle()

    async def rows(self, sql: str) -> Sequence[tuple[object, ...]]:
        """Read the database."""
        return await self.house.ask(sql)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    house = HouseUnderTest(tmp_path, ROOMS)
    house.tools.add(Advisors, ADVISORS)
    async with house:
        yield Shop(house)

"""A house in which a person reads what the detector was not sure of."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.commons import members, verdicts
from bot.features import care, checkin, handoff, privacy, review
from bot.features import help as help_room
from bot.kernel.community import Advisor, Advisors
from bot.kernel.events import Judged
from bot.kernel.ids import MemberId
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import UnitOfWork
from tests.kit.house import PHONE, HouseUnderTest

ROOMS = [
    privacy.feature,
    handoff.feature,
    care.feature,
    review.feature,
    checkin.feature,
    help_room.feature,
]


@dataclass
class Shop:
    """The house, and what its people do."""

    house: HouseUnderTest

    async def says(self, text: str, who: str = "amei", **changes: object) -> list[str]:
        """Let a member write; return what she reads."""
        self.house.clock.tick(seconds=2)
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

    async def judged(
        self, score: float = 0.3, who: str = "amei", key: str = "k1", **changes: object
    ) -> None:
        """Let the detector tell of words of a member."""
        words: dict[str, object] = {
            "member": await self.member(who),
            "channel": PHONE,
            "account": "",
            "identity": who,
            "key": key,
            "at": self.house.clock.now(),
            "words": "这个有点旧吧",
            "score": score,
            "label": "complaint",
            "severity": 1,
            "reasons": ("像在抱怨",),
            "group": "",
        }
        event = Judged(**(words | changes))  # type: ignore[arg-type]  # a builder for tests
        await self.do(lambda uow: uow.publish(event))

    async def page(self, name: str, **query: str) -> str:
        """Return a page of the console."""
        house = self.house
        page = next(page for page in review.feature.pages if page.name == name)
        shown = await house.house.writer.look(lambda uow: page.load(uow, house.tools, query))
        return house.words(page.template, csrf_field="", **shown)

    async def does(self, name: str, act: str, **form: str) -> str:
        """Let an operator use a form of the console."""
        house = self.house
        page = next(page for page in review.feature.pages if page.name == name)
        said = await house.house.writer.do(
            lambda uow: page.actions[act](uow, house.tools, form, "boss")
        )
        await house.house.engine.settle()
        return said

    async def a_week_passes(self) -> None:
        """Let a week pass, and what the clock starts happen."""
        self.house.clock.tick(days=7)

        def run(uow: UnitOfWork) -> None:
            for job in review.feature.jobs:
                job.run(uow, self.house.tools)

        await self.do(run)

    async def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Read the database."""
        return await self.house.ask(sql)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    house = HouseUnderTest(tmp_path, ROOMS)
    house.tools.add(Advisors, Advisors((Advisor("lisi", "李顾问"),)))
    house.tools.add(PersonalRegistry, PersonalRegistry(verdicts.personal))
    async with house:
        yield Shop(house)

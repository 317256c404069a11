"""Two houses: one with a phone that knows buttons, one with 微信客服 in front."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.commons import cases, members
from bot.features import care, checkin, handoff, hush, polls, privacy, satisfaction
from bot.features import help as help_room
from bot.kernel.community import Advisor, Advisors
from bot.kernel.ids import MemberId
from bot.kernel.messages import Card, Tap, UpdateKind
from bot.kernel.reception import LastWord
from bot.kernel.work import UnitOfWork
from tests.kit.front_desk import WM, FrontDesk, open_front_desk
from tests.kit.house import PHONE, HouseUnderTest, Phone
from tests.kit.platforms import Json

ROOMS = [
    privacy.feature,
    handoff.feature,
    satisfaction.feature,
    care.feature,
    checkin.feature,
    polls.feature,
    hush.feature,
    help_room.feature,
]
ADVISORS = Advisors((Advisor("lisi", "李顾问"), Advisor("lihua", "李华")))


async def run_jobs(house: HouseUnderTest) -> None:
    """Let the clock's jobs run, and everything come of it."""
    for feature in ROOMS:
        for job in feature.jobs:

            def run(uow: UnitOfWork, job: object = job) -> None:
                job.run(uow, house.tools)  # type: ignore[attr-defined]  # a Job

            await house.house.writer.do(run)
    await house.house.engine.settle()


@dataclass
class Shop:
    """A house behind a phone, and what its people do."""

    house: HouseUnderTest
    phone: Phone

    async def says(self, text: str, who: str = "amei", **changes: object) -> list[str]:
        """Let a member write a moment later; return what she reads."""
        self.house.clock.tick(seconds=2)
        return await self.house.hears(who, text, **changes)

    async def taps(self, button: str, who: str = "amei") -> list[str]:
        """Let a member press a button; return what she reads."""
        self.house.clock.tick(seconds=2)
        return await self.house.hears(who, "", kind=UpdateKind.TAP, tap=Tap(button))

    async def member(self, who: str = "amei") -> MemberId:
        """Return the member behind a name."""
        found = await self.house.house.writer.look(lambda uow: members.find(uow, PHONE, who))
        assert found is not None
        return found

    async def served(
        self,
        code: cases.Ending = cases.Ending.SOLVED,
        who: str = "amei",
        text: str = "转人工",
        by: str = "lisi",
    ) -> cases.Case:
        """Let a member ask for a human, have one, and let her end the case."""
        await self.says(text, who)
        member = await self.member(who)
        case = await self.house.house.writer.look(lambda uow: cases.open_of(uow, member))
        assert case is not None
        self.house.clock.tick(minutes=3)
        await self._do(lambda uow: cases.answered(uow, case.id, by, uow.clock.now()))
        self.house.clock.tick(minutes=3)
        await self._do(lambda uow: cases.resolve(uow, case.id, who=by, code=code))
        return case

    async def _do(self, act: object) -> None:
        await self.house.house.writer.do(act)  # type: ignore[arg-type]  # a use case
        await self.house.house.engine.settle()

    async def waits(self, **how_long: float) -> list[Card]:
        """Let time pass; return the questions that came."""
        before = len(self.phone.sent)
        self.house.clock.tick(**how_long)
        await run_jobs(self.house)
        parts = [one.part for one in self.phone.sent[before:]]
        return [part for part in parts if isinstance(part, Card)]

    async def ratings(self) -> list[tuple[object, ...]]:
        """Return state and score of all ratings."""
        return await self.house.ask("SELECT state, score FROM case_ratings ORDER BY id")

    async def notices(self) -> list[str]:
        """Return what operators were told about ratings."""
        rows = await self.house.ask(
            "SELECT text FROM notices WHERE key LIKE 'satisfaction.%' ORDER BY id"
        )
        return [str(text) for (text,) in rows]

    async def page(self, name: str, **query: str) -> str:
        """Return a page of the console."""
        house = self.house
        page = next(page for page in satisfaction.feature.pages if page.name == name)
        shown = await house.house.writer.look(lambda uow: page.load(uow, house.tools, query))
        return house.words(page.template, csrf_field="", **shown)

    async def does(self, name: str, act: str, **form: str) -> str:
        """Let an operator use a form of the console."""
        house = self.house
        page = next(page for page in satisfaction.feature.pages if page.name == name)
        return await house.house.writer.do(
            lambda uow: page.actions[act](uow, house.tools, form, "boss")
        )


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    phone = Phone()
    house = HouseUnderTest(tmp_path, ROOMS, phone)
    house.tools.add(Advisors, ADVISORS)
    house.tools.add(LastWord, satisfaction.last_word)
    async with house:
        yield Shop(house, phone)


def read(body: Json) -> str:
    """Return what a customer reads of a message, be it a menu."""
    return str(body["text"]["content"] if "text" in body else body["msgmenu"]["head_content"])


class Desk(FrontDesk):
    """A house behind 微信客服, and what a customer and her human do."""

    async def says(self, text: str) -> list[str]:
        """Let a customer write; return what she reads."""
        before = len(self.platform.to(WM))
        self.platform.hears(WM, text)
        await self.settle()
        return [read(one.body) for one in self.platform.to(WM)[before:]]

    async def ends(self, *, fetched_after_s: float = 0.0) -> list[str]:
        """Let the human end the session; return what she reads once we have heard of it."""
        before = len(self.platform.to(WM))
        self.platform.ends(WM)
        self.clock.tick(seconds=fetched_after_s)
        await self.settle()
        return [read(one.body) for one in self.platform.to(WM)[before:]]

    async def presses(self, entry: int) -> list[str]:
        """Let the customer press an entry of the menu that came last; return what she reads."""
        [*_, menu] = [one.body["msgmenu"] for one in self.platform.to(WM) if "msgmenu" in one.body]
        click = menu["list"][entry]["click"]
        before = len(self.platform.to(WM))
        self.platform.hears(WM, click["content"])["text"]["menu_id"] = click["id"]
        await self.settle()
        return [read(one.body) for one in self.platform.to(WM)[before:]]

    async def ratings(self) -> list[tuple[object, ...]]:
        """Return state and score of all ratings."""
        return await self.house.ask("SELECT state, score FROM case_ratings ORDER BY id")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_front_desk(tmp_path, ROOMS, ADVISORS) as opened:
        opened.house.tools.add(LastWord, satisfaction.last_word)
        yield Desk(opened.house, opened.platform, opened.clock)

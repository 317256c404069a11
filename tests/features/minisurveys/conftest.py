"""A house whose orders come to their nodes, and a phone on which members are asked."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TypeVar

import pytest

from bot.commons import cases, members, orders
from bot.commons.content import Forms, Shelf
from bot.commons.orders import Order, Status
from bot.commons.profiles import Ref
from bot.features import (
    care,
    checkin,
    faq,
    handoff,
    hush,
    minisurveys,
    people,
    polls,
    privacy,
    rewards,
    satisfaction,
    wallet,
)
from bot.features import help as help_room
from bot.kernel.feature import Job
from bot.kernel.ids import MemberId
from bot.kernel.work import UnitOfWork
from tests.kit.desk import KNOWN, Desk
from tests.kit.house import PHONE, HouseUnderTest, Phone

ROOMS = [
    privacy.feature,
    handoff.feature,
    satisfaction.feature,
    minisurveys.feature,
    care.feature,
    checkin.feature,
    polls.feature,
    wallet.feature,
    rewards.feature,
    people.feature,
    hush.feature,
    faq.feature,
    help_room.feature,
]
FORMS = Forms(tables={name: table for room in ROOMS for name, table in room.tables.items()})
TWO = """
[paid]
on = true
after_hours = 2
questions = [
  { text = "最大惊喜？", kind = "surprise" },
  { text = "希望改进？", kind = "improve" },
]
"""
DELIVERED = """
[delivered]
on = true
after_hours = 24
questions = [{ text = "拆开时惊喜吗？", kind = "surprise" }]
"""
USED = """
[used]
on = true
after_days = 7
questions = [{ text = "穿了几天，希望改进？", kind = "improve" }]
"""
POINTS = """
[[rule]]
name = "feedback"
title = "写下感受"
on = "feedback"
points = 10
"""
T = TypeVar("T")


@dataclass
class Shop:
    """A house behind a phone, what its operators write, and what its members order."""

    house: HouseUnderTest
    phone: Phone
    desk: Desk
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def now(self) -> datetime:
        """Return the time of the house."""
        return self.house.clock.now()

    async def do(self, act: Callable[[UnitOfWork], T]) -> T:
        """Run a use case, and let everything come of it."""
        done = await self.house.house.writer.do(act)
        await self.house.house.engine.settle()
        return done

    def writes(self, *tables: str, rewards: str = POINTS) -> None:
        """Let operators write both files."""
        self.desk.write("minisurveys.toml", "".join(tables))
        self.desk.write("rewards.toml", rewards)

    async def says(self, text: str, who: str = "amei", **changes: object) -> list[str]:
        """Let a member write a moment later; return what she reads."""
        self.house.clock.tick(seconds=2)
        return await self.house.hears(who, text, **changes)

    async def joins(self, who: str = "amei") -> MemberId:
        """Let somebody be known for a day."""
        await self.says("打卡", who)
        self.house.clock.tick(days=1)
        return await self.member(who)

    async def member(self, who: str = "amei") -> MemberId:
        """Return the member behind a name."""
        found = await self.house.house.writer.look(lambda uow: members.find(uow, PHONE, who))
        assert found is not None
        return found

    async def orders(
        self,
        who: str = "amei",
        *,
        number: str = "",
        paid_at: datetime | None = None,
        delivered_at: datetime | None = None,
        status: Status = Status.PAID,
    ) -> str:
        """Let an order of hers come in; return its number."""
        number = number or f"A-{next(self._numbers)}"
        ref = Ref(str(PHONE), who)
        paid_at = paid_at or self.now
        order = Order("pos", number, ref, paid_at, 80_000, status=status, delivered_at=delivered_at)
        await self.do(lambda uow: orders.record(uow, order))
        await self.jobs()
        return number

    async def jobs(self) -> None:
        """Let the clock's jobs run, and everything come of it."""
        for feature in ROOMS:
            for job in feature.jobs:
                while await self._run(job):
                    pass

    async def _run(self, job: Job) -> bool | None:
        tools, before = self.house.tools, job.before
        if before is not None:
            await self.house.house.writer.look(lambda uow: before(uow, tools))
        return await self.do(lambda uow: job.run(uow, tools))

    async def waits(self, who: str = "amei", **how_long: float) -> list[str]:
        """Let time pass and the jobs run; return what a member reads of it."""
        before = len(self.phone.texts(who))
        self.house.clock.tick(**how_long)
        await self.jobs()
        return self.phone.texts(who)[before:]

    async def asked(self, **how_long: float) -> str:
        """Let an order come in and its time pass; return the question."""
        await self.orders()
        [question] = await self.waits("amei", **(how_long or {"hours": 2}))
        return question

    async def kept(self) -> list[tuple[object, ...]]:
        """Return node, state and why of all that was noted."""
        return await self.house.ask("SELECT node, state, why FROM mini_surveys ORDER BY id")

    async def answers(self) -> list[object]:
        """Return the answers that are kept."""
        rows = await self.house.ask(
            "SELECT answers FROM mini_surveys WHERE state = 'answered' ORDER BY id"
        )
        return [answers for (answers,) in rows]

    async def cases(self) -> list[object]:
        """Return the kinds of the cases that were opened."""
        return [kind for (kind,) in await self.house.ask("SELECT kind FROM cases ORDER BY id")]

    async def page(self, **query: str) -> str:
        """Return the page of the console."""
        house, [page] = self.house, minisurveys.feature.pages
        shown = await house.house.writer.look(lambda uow: page.load(uow, house.tools, query))
        return house.words(page.template, csrf_field="", **shown)


def served(shop: Shop, uow: UnitOfWork, member: MemberId) -> None:
    """Let a human have answered a member, and ended her case."""
    concern = cases.Concern(
        member, cases.Kind.HUMAN, 1, [], shop.now, shop.phone.name, "", "amei", "k1"
    )
    case = cases.open_case(uow, concern).case
    cases.answered(uow, case.id, "lisi", shop.now)
    cases.resolve(uow, case.id, who="lisi", code=cases.Ending.SOLVED)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    phone, desk = Phone(), Desk(tmp_path)
    house = HouseUnderTest(tmp_path, ROOMS, phone)
    seconds = count()
    shelf = Shelf(
        desk.content, desk.schedules, KNOWN, forms=FORMS, monotonic=lambda: next(seconds) * 10.0
    )
    house.tools.add(Shelf, shelf)
    async with house:
        yield Shop(house, phone, desk)


DAY = timedelta(days=1)

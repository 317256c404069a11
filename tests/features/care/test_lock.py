"""The lock holds whatever comes together: two replicas, a member, advisors, the bot's wishes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path
from random import Random

import pytest

from bot.commons import cases, members, outreach, reception
from bot.commons.outreach import Letter, Purpose
from bot.kernel.community import Advisors
from bot.kernel.errors import Refusal, RetryLater
from bot.kernel.messages import Outgoing, Text, Voice
from bot.kernel.work import UnitOfWork
from bot.pipeline.engine.embedded import EmbeddedEngine
from bot.pipeline.engine.procrastinate import ProcrastinateEngine
from bot.storage.db import Database
from tests.features.care.conftest import ADVISORS, ROOMS
from tests.features.care.test_handing_over import COMPLAINT
from tests.kit.house import PHONE, HouseUnderTest, Phone
from tests.kit.rooms import TurnedClock
from tests.kit.workshop import QUICK

STEPS = 25
WORDS = (
    "打卡",
    "转人工",
    COMPLAINT,
    "在吗",
    "谁在处理",
    "我的积分",
    "帮助",
    "投票",
    "谢谢，解决了",
)


class Shops:
    """One or two replicas before one member, with a dice."""

    def __init__(self, houses: list[HouseUnderTest], seed: int) -> None:
        self.houses = houses
        self.dice = Random(seed)  # noqa: S311 - a game
        self.phone = houses[0].phone
        self._keys = count(1)

    @property
    def house(self) -> HouseUnderTest:
        """Any replica."""
        return self.dice.choice(self.houses)

    async def owned(self) -> bool:
        """Return whether a human has her conversation."""
        house = self.houses[0]

        def look(uow: UnitOfWork) -> bool:
            member = members.find(uow, PHONE, "amei")
            return member is not None and reception.owner_of(uow, member) is not None

        return await house.house.writer.look(look)

    async def does(self, act: Callable[[UnitOfWork, cases.Case], object]) -> None:
        """Let an advisor do something with her case, if there is one."""
        house = self.house

        def do(uow: UnitOfWork) -> None:
            member = members.find(uow, PHONE, "amei")
            case = None if member is None else cases.open_of(uow, member)
            if case is not None:
                act(uow, case)

        try:
            await house.house.writer.do(do)
        except Refusal:
            return

    async def writes(self) -> None:
        """Let her write something."""
        house = self.house
        words = self.dice.choice(WORDS)
        update = house.update("amei", words, key=f"m{next(self._keys)}")
        await house.house.inbox.accept([update])

    async def wishes(self) -> None:
        """Let the bot want to tell her something, now or a little later."""
        if self.dice.random() < 0.3:
            self.phone.script.append(RetryLater("busy", after_s=1))
        key = f"push{next(self._keys)}"
        house = self.house

        def push(uow: UnitOfWork) -> None:
            member = members.find(uow, PHONE, "amei")
            if member is not None and self.dice.random() < 0.5:
                letter = Letter(key, "上新", Purpose.OFFER, part=Text("bot: 上新"))
                outreach.tell(uow, house.tools, member, letter)
            else:
                uow.send(Outgoing(PHONE, "amei", Text("bot: 早安"), key))

        await house.house.writer.do(push)

    async def answers(self) -> None:
        """Let an advisor write to her."""
        key = f"desk{next(self._keys)}"

        def answer(uow: UnitOfWork, case: cases.Case) -> None:
            cases.answered(uow, case.id, "lisi", uow.clock.now())
            said = Outgoing(PHONE, "amei", Text("human: 你好"), key, voice=Voice.HUMAN)
            uow.send(said)

        await self.does(answer)

    async def accepts(self) -> None:
        await self.does(lambda uow, case: cases.accept(uow, case.id, "lisi"))

    async def resolves(self) -> None:
        code = cases.Ending.SOLVED
        await self.does(lambda uow, case: cases.resolve(uow, case.id, who="lisi", code=code))

    async def settle(self) -> None:
        for _ in range(3):
            for house in self.houses:
                await house.house.engine.settle()
            self.houses[0].clock.tick(seconds=1.1)
        for house in self.houses:
            await house.house.engine.settle()


Open = Callable[[int], Awaitable[Shops]]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def opened(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Open]:
    """One house on SQLite, two replicas on PostgreSQL."""
    url = request.getfixturevalue("postgres") if request.param == "postgres" else ""
    engine = ProcrastinateEngine.on(Database(url), QUICK) if url else EmbeddedEngine
    clock, phone = TurnedClock(), Phone()
    phone.drops_twins_s = 600
    async with AsyncExitStack() as stack:

        async def opening(seed: int) -> Shops:
            houses = []
            for _ in range(2 if url else 1):
                house = HouseUnderTest(
                    tmp_path, ROOMS, phone, url=url, make_engine=engine, clock=clock
                )
                house.tools.add(Advisors, ADVISORS)
                houses.append(await stack.enter_async_context(house))
            return Shops(houses, seed)

        yield opening


@pytest.mark.parametrize("seed", range(3))
async def test_while_a_human_has_her_the_bot_says_nothing(opened: Open, seed: int) -> None:
    shop = await opened(seed)
    held_to_the_end = 0
    for _ in range(STEPS):
        before, was_owned = len(shop.phone.sent), await shop.owned()
        acts = [shop.writes, shop.wishes, shop.answers, shop.accepts, shop.resolves]
        chosen = shop.dice.choices(acts, [8, 4, 2, 2, 0.7], k=shop.dice.randint(1, 4))
        await asyncio.gather(*(act() for act in chosen))
        await shop.settle()
        said = shop.phone.sent[before:]
        released = shop.resolves in chosen
        if was_owned and not released:
            held_to_the_end += 1
            assert await shop.owned()
            assert [one.part for one in said if one.voice is Voice.BOT] == []
        assert "bot" not in str([one.part for one in said if one.voice is not Voice.BOT])
    assert held_to_the_end > STEPS // 8
    rows = await shop.houses[0].ask("SELECT count(*) FROM inbox WHERE status <> 'done'")
    assert rows == [(0,)], "nothing she wrote is left"

"""The lock holds whatever comes together: replicas, doors, a member, advisors, the bot's wishes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from random import Random

import pytest

from bot.commons import cases, members, outreach, reception
from bot.commons.outreach import Letter, Purpose
from bot.kernel.capability import Chat
from bot.kernel.community import Advisors
from bot.kernel.errors import Refusal, RetryLater
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Outgoing, Text, Voice
from bot.kernel.work import UnitOfWork
from bot.pipeline.engine.embedded import EmbeddedEngine
from bot.pipeline.engine.procrastinate import ProcrastinateEngine
from bot.storage.db import Database
from tests.features.care.conftest import ADVISORS, ROOMS
from tests.features.care.test_handing_over import COMPLAINT
from tests.kit.house import CAPABILITY, PHONE, HouseUnderTest, Phone
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


def new_phones() -> list[Phone]:
    """Return a door of each kind that leads to one person."""
    kinds = {"phone": Chat.COLLEAGUE, "counter": Chat.CUSTOMER, "page": Chat.FOLLOWER}
    return [
        Phone(ChannelName(name), replace(CAPABILITY, chats=(kind,)), drops_twins_s=600)
        for name, kind in kinds.items()
    ]


class Shops:
    """One or two replicas before one member who has several doors, with a dice."""

    def __init__(self, houses: list[HouseUnderTest], phones: list[Phone], seed: int) -> None:
        self.houses = houses
        self.phones = phones
        self.dice = Random(seed)  # noqa: S311 - a game
        self._keys = count(1)

    @property
    def phone(self) -> Phone:
        """Any of her doors."""
        return self.dice.choice(self.phones)

    @property
    def sent(self) -> list[Outgoing]:
        """What has arrived at her, door by door."""
        return [one for phone in self.phones for one in phone.sent]

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
        house, door = self.house, self.phone.name
        words, key = self.dice.choice(WORDS), f"m{next(self._keys)}"
        update = house.update("amei", words, key=key, channel=door, conversation=f"{door}:amei")
        await house.house.inbox.accept([update])

    async def wishes(self) -> None:
        """Let the bot want to tell her something, now or a little later."""
        phone = self.phone
        if self.dice.random() < 0.3:
            phone.script.append(RetryLater("busy", after_s=1))
        key = f"push{next(self._keys)}"
        house = self.house

        def push(uow: UnitOfWork) -> None:
            member = members.find(uow, PHONE, "amei")
            if member is not None and self.dice.random() < 0.5:
                letter = Letter(key, "上新", Purpose.OFFER, part=Text("bot: 上新"))
                outreach.tell(uow, house.tools, member, letter)
            else:
                uow.send(Outgoing(phone.name, "amei", Text("bot: 早安"), key))

        await house.house.writer.do(push)

    async def answers(self) -> None:
        """Let an advisor write to her."""
        key, door = f"desk{next(self._keys)}", self.phone.name

        def answer(uow: UnitOfWork, case: cases.Case) -> None:
            cases.answered(uow, case.id, "lisi", uow.clock.now())
            said = Outgoing(door, "amei", Text("human: 你好"), key, voice=Voice.HUMAN)
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


def known_at(phones: list[Phone], uow: UnitOfWork) -> None:
    """Let her be one person at all her doors."""
    amei = members.resolve(uow, PHONE, "amei", uow.clock.now())
    for phone in phones[1:]:
        members.attach(uow, amei, phone.name, "amei")


Open = Callable[[int], Awaitable[Shops]]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def opened(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Open]:
    """One house on SQLite, two replicas on PostgreSQL."""
    url = request.getfixturevalue("postgres") if request.param == "postgres" else ""
    engine = ProcrastinateEngine.on(Database(url), QUICK) if url else EmbeddedEngine
    clock, phones = TurnedClock(), new_phones()
    async with AsyncExitStack() as stack:

        async def opening(seed: int) -> Shops:
            houses = []
            for _ in range(2 if url else 1):
                house = HouseUnderTest(
                    tmp_path,
                    ROOMS,
                    phones[0],
                    url=url,
                    make_engine=engine,
                    clock=clock,
                    doors=phones[1:],
                )
                house.tools.add(Advisors, ADVISORS)
                houses.append(await stack.enter_async_context(house))
            await houses[0].house.writer.do(partial(known_at, phones))
            return Shops(houses, phones, seed)

        yield opening


@pytest.mark.parametrize("seed", range(3))
async def test_while_a_human_has_her_the_bot_says_nothing(opened: Open, seed: int) -> None:
    shop = await opened(seed)
    held_to_the_end = 0
    for _ in range(STEPS):
        before, was_owned = set(map(id, shop.sent)), await shop.owned()
        acts = [shop.writes, shop.wishes, shop.answers, shop.accepts, shop.resolves]
        chosen = shop.dice.choices(acts, [8, 4, 2, 2, 0.7], k=shop.dice.randint(1, 4))
        await asyncio.gather(*(act() for act in chosen))
        await shop.settle()
        said = [one for one in shop.sent if id(one) not in before]
        released = shop.resolves in chosen
        if was_owned and not released:
            held_to_the_end += 1
            assert await shop.owned()
            assert [one.part for one in said if one.voice is Voice.BOT] == []
        assert "bot" not in str([one.part for one in said if one.voice is not Voice.BOT])
    assert held_to_the_end > STEPS // 8
    assert all(phone.sent for phone in shop.phones), "all her doors were open"
    rows = await shop.houses[0].ask("SELECT count(*) FROM inbox WHERE status <> 'done'")
    assert rows == [(0,)], "nothing she wrote is left"

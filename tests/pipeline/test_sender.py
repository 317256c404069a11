"""Sending goes on, once for each message, when the database's answers get lost."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from bot.commons.notices import Notices
from bot.kernel.capability import Capability, Doors
from bot.kernel.errors import CannotStore, RetryLater
from bot.kernel.ids import OutboxId
from bot.kernel.messages import Outgoing, Text
from bot.kernel.ports import Limit, Work
from bot.kernel.work import UnitOfWork
from bot.pipeline import outbox, sender
from bot.pipeline.alarm import Alarm
from bot.pipeline.sender import Sending
from tests.kit.house import CAPABILITY, PHONE, HouseUnderTest, Phone

T = TypeVar("T")
LANE = "phone:amei"


class LosesAnswers:
    """A writer that commits, and then the line breaks before it can say so."""

    def __init__(self, work: Work, lost: set[int]) -> None:
        self._work = work
        self._lost = lost
        self._asked = 0

    async def do(self, use_case: Callable[[UnitOfWork], T]) -> T:
        self._asked += 1
        done = await self._work.do(use_case)
        if self._asked in self._lost:
            raise CannotStore("the line broke")
        return done

    async def look(self, question: Callable[[UnitOfWork], T]) -> T:
        return await self._work.look(question)


def queue(uow: UnitOfWork, many: int) -> None:
    messages = [
        Outgoing(channel=PHONE, recipient="amei", part=Text(f"{n}"), key=f"k{n}", why="a test")
        for n in range(many)
    ]
    outbox.put(uow, messages, lambda _message: LANE)


@pytest.mark.parametrize("lost", [{1}, {2}, {3}, {4}, {1, 2}, {2, 3, 4}, {1, 3, 4, 5}])
async def test_a_commit_whose_answer_was_lost_is_neither_done_again_nor_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: set[int]
) -> None:
    monkeypatch.setattr(sender, "_STORE_AGAIN_S", 0.0)
    phone = Phone(script=[RetryLater("busy", after_s=0)])
    async with HouseUnderTest(tmp_path, [], phone) as house:
        await house.house.engine.stop(0)
        writer = house.house.writer
        await writer.do(lambda uow: queue(uow, 3))
        sending = Sending(
            {PHONE: phone}, Doors({}), LosesAnswers(writer, lost), Alarm(Notices(), house.words)
        )

        for _ in range(5):
            await sending.drain(LANE)

        assert phone.texts("amei") == ["0", "1", "2"]
        rows = await house.ask("SELECT status, tries FROM outbox ORDER BY id")
        assert rows == [("sent", 1), ("sent", 0), ("sent", 0)]


async def test_what_came_while_an_answer_was_lost_leaves_at_once(tmp_path: Path) -> None:
    phone = Phone()
    async with HouseUnderTest(tmp_path, [], phone) as house:
        await house.house.engine.stop(0)
        writer = house.house.writer
        await writer.do(lambda uow: queue(uow, 1))
        sending = Sending(
            {PHONE: phone}, Doors({}), LosesAnswers(writer, {1}), Alarm(Notices(), house.words)
        )
        sending.new.tell(LANE, OutboxId(1), Outgoing(PHONE, "amei", Text("0"), "k0"))
        await sending.drain(LANE)
        await writer.do(lambda uow: queue(uow, 2))
        await sending.drain(LANE)

        assert phone.texts("amei") == ["0", "1"]


class Stuck:
    """A writer that refuses the second wish while somebody takes us for dead."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._asked = 0

    async def do(self, use_case: Callable[[UnitOfWork], T]) -> T:
        self._asked += 1
        if self._asked == 2:
            await self._work.do(lambda uow: outbox.recover(uow, lease_s=0))
            raise CannotStore("the disk is full")
        return await self._work.do(use_case)

    async def look(self, question: Callable[[UnitOfWork], T]) -> T:
        return await self._work.look(question)


async def test_a_receipt_is_kept_although_we_were_given_up_for_dead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "_STORE_AGAIN_S", 0.0)
    phone = Phone(drops_twins_s=0)
    async with HouseUnderTest(tmp_path, [], phone) as house:
        await house.house.engine.stop(0)
        writer = house.house.writer
        await writer.do(lambda uow: queue(uow, 1))
        sending = Sending({PHONE: phone}, Doors({}), Stuck(writer), Alarm(Notices(), house.words))

        await sending.drain(LANE)

        assert await house.ask("SELECT status, platform_id FROM outbox") == [("sent", "p1")]


async def test_a_message_waits_for_its_channel_unclaimed(tmp_path: Path) -> None:
    phone = Phone(channel_limits=(Limit(2, 60),))
    async with HouseUnderTest(tmp_path, [], phone) as house:
        await house.house.writer.do(lambda uow: queue(uow, 3))
        await house.house.engine.settle()

        assert phone.texts("amei") == ["0", "1"]
        rows = await house.ask("SELECT status, claimed_at FROM outbox ORDER BY id DESC LIMIT 1")
        assert rows == [("queued", None)]


@pytest.mark.parametrize(
    ("door", "many"), [(replace(CAPABILITY, together=True), 1), (CAPABILITY, 3)]
)
async def test_words_are_one_message_only_where_answers_travel_together(
    tmp_path: Path, door: Capability, many: int
) -> None:
    async with HouseUnderTest(tmp_path, [], Phone(capability=door)) as house:
        answers = [Outgoing(PHONE, "amei", Text(f"{n}"), f"k{n}") for n in range(3)]
        assert len(house.house.sending.within_budget(answers)) == many

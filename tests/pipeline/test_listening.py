"""One connection to a platform, however many processes; and none against an operator's will."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commons.notices import Notices
from bot.kernel.errors import CannotStore, RetryLater, Undeliverable
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Card, Update
from bot.kernel.ports import Accepted, Line, Work
from bot.kernel.work import Statement, UnitOfWork
from bot.pipeline import listening, outbox, rests
from bot.pipeline.alarm import Alarm
from bot.pipeline.listening import FENCE_S, LEASE_S, Ground, Listenings, back_off_s
from bot.pipeline.render import Renderer
from bot.storage.columns import micros
from bot.storage.writer import Writer
from tests.kit.aibot_ws import Naps
from tests.kit.rooms import Store

BOT = ChannelName("bot")
KICKED = Undeliverable("bot: kicked", channel_off=True)


class Trunk:
    """A platform that has room for one connection, and remembers who had it."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self.most_open = 0
        self.opened: list[str] = []


@dataclass
class Bot:
    """A channel that listens."""

    trunk: Trunk
    me: str
    script: list[Exception] = field(default_factory=list)
    """How the next connections end, as soon as they are begun."""
    dies: asyncio.Event = field(default_factory=asyncio.Event)
    error: Exception = field(default_factory=lambda: RetryLater("bot: broken", after_s=0))
    line: Line | None = None

    async def listen(self, line: Line) -> None:
        self.trunk.opened.append(self.me)
        if self.script:
            raise self.script.pop(0)
        self.line = line
        self.trunk.open.append(self.me)
        self.trunk.most_open = max(self.trunk.most_open, len(self.trunk.open))
        line.alive()
        try:
            await self.dies.wait()
        finally:
            self.dies.clear()
            self.trunk.open.remove(self.me)
        raise self.error


@dataclass
class Process:
    """A process that listens, with a watch of its own that a test turns."""

    bot: Bot
    naps: Naps
    listening: Listenings
    serves: list[bool]
    writer: "Cuttable"

    async def turn(self, seconds: float) -> None:
        await self.naps.turn(seconds)


class Cuttable:
    """A Work that can be cut off from its database, and knows who waits for it."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self.cut = False
        self.busy = 0

    async def do(self, use_case: Callable[[UnitOfWork], object]) -> object:
        return await self._wait_for(self._writer.do(use_case))

    async def look(self, question: Callable[[UnitOfWork], object]) -> object:
        return await self._wait_for(self._writer.look(question))

    async def _wait_for(self, result: Coroutine[object, object, object]) -> object:
        if self.cut:
            result.close()
            raise CannotStore("cut off")
        self.busy += 1
        try:
            return await result
        finally:
            self.busy -= 1


@dataclass
class Town:
    """Processes on one database."""

    store: Store
    writer: Writer
    trunk: Trunk = field(default_factory=Trunk)
    processes: list[Process] = field(default_factory=list)

    async def starts(self, me: str) -> Process:
        bot, naps, serves = Bot(self.trunk, me), Naps(self.settles), list[bool]()
        writer = Cuttable(self.writer)

        async def nobody(_handle: str) -> Card | None:
            return None

        def serve(_name: ChannelName, *, here: bool) -> None:
            serves.append(here)

        work: Work = writer  # type: ignore[assignment]  # generic in its results
        ground = Ground(
            work,
            self.accept,
            lambda _name: nobody,
            Alarm(Notices(), Renderer({})),
            serve,
            self.store.clock,
            ZoneInfo("Asia/Shanghai"),
        )
        held = Listenings({BOT: bot}, ground, nap=naps, watch=lambda: naps.now)
        process = Process(bot, naps, held, serves, writer)
        self.processes.append(process)
        await held.start(alone=False)
        await process.turn(0.1)
        return process

    async def settles(self) -> None:
        """Let what was woken come to its next nap: then nobody waits for the database."""
        quiet = 0
        while quiet < 5:
            await asyncio.sleep(0.001)
            busy = any(process.writer.busy for process in self.processes)
            quiet = 0 if busy else quiet + 1

    async def accept(self, _updates: Sequence[Update]) -> Sequence[Accepted]:
        return ()  # nobody says anything here

    async def turn(self, seconds: float) -> None:
        """Let time pass for everybody."""
        for _ in range(round(seconds)):
            self.store.clock.tick(seconds=1)
            await asyncio.gather(*(process.turn(1) for process in self.processes))

    def notices(self) -> list[str]:
        question = Statement("SELECT text FROM notices ORDER BY id")
        return [str(text) for (text,) in self.store.do(lambda uow: uow.run(question))]

    def is_off(self) -> bool:
        return any(rest.scope == BOT for rest in self.store.do(rests.resting))


@asynccontextmanager
async def town_of(store: Store) -> AsyncIterator[Town]:
    writer = Writer(store.database, store.clock)
    await writer.start()
    town = Town(store, writer)
    try:
        yield town
    finally:
        for process in town.processes:
            process.writer.cut = False
            await process.listening.stop()
        await writer.stop()


@pytest.fixture
async def town(store_on_both: Store) -> AsyncIterator[Town]:
    async with town_of(store_on_both) as opened:
        yield opened


@pytest.fixture
async def lone(store: Store) -> AsyncIterator[Town]:
    async with town_of(store) as opened:
        yield opened


async def test_two_processes_hold_one_connection(town: Town) -> None:
    one, two = await town.starts("one"), await town.starts("two")
    await town.turn(60)

    assert town.trunk.opened == ["one"]
    assert (one.serves, two.serves) == ([True], [])


async def test_who_stops_hands_over_at_once(town: Town) -> None:
    one, _two = await town.starts("one"), await town.starts("two")
    await one.listening.stop()
    await town.turn(3)

    assert (town.trunk.open, town.trunk.most_open) == (["two"], 1)
    assert one.serves == [True, False]


async def test_who_dies_is_followed_when_its_lease_is_over(town: Town) -> None:
    one, two = await town.starts("one"), await town.starts("two")
    await town.turn(4)
    town.processes.remove(one)  # its watch stands still: it is dead, or frozen
    await town.turn(LEASE_S - 1)
    assert town.trunk.opened == ["one"]

    await town.turn(4)
    assert town.trunk.opened == ["one", "two"]
    assert two.serves == [True]
    await one.listening.stop()


def test_of_two_who_follow_at_once_one_comes_first(store_on_both: Store) -> None:
    def take(me: str, seen: str, beats: int) -> bool:
        values = {"channel": BOT, "me": me, "seen": seen, "beats": beats}
        take = listening._TAKE  # noqa: SLF001 - what they have seen is no longer so for one
        return bool(store_on_both.do(lambda uow: uow.run(take, **values)))

    assert take("one", "", 0)
    assert [take(me, "one", 1) for me in ("two", "three")] == [True, False]
    assert not take("three", "two", 1)


async def test_who_was_frozen_leaves_without_a_word(town: Town) -> None:
    one, _two = await town.starts("one"), await town.starts("two")
    town.processes.remove(one)
    await town.turn(LEASE_S + 4)
    one.bot.error = KICKED
    one.bot.dies.set()  # the platform has thrown it out meanwhile
    town.processes.append(one)
    await town.turn(10)

    assert town.trunk.open == ["two"]
    assert town.trunk.opened == ["one", "two"], "it does not fight"
    assert not town.is_off()
    assert town.notices() == []


async def test_who_is_cut_off_has_closed_before_another_opens(town: Town) -> None:
    one, _two = await town.starts("one"), await town.starts("two")
    one.writer.cut = True
    await town.turn(FENCE_S + 2)
    assert town.trunk.open == []

    await town.turn(LEASE_S)
    assert (town.trunk.open, town.trunk.most_open) == (["two"], 1)


async def test_who_is_thrown_out_stays_silent_until_an_operator_says_so(town: Town) -> None:
    one, _two = await town.starts("one"), await town.starts("two")
    one.bot.error = KICKED
    one.bot.dies.set()
    await town.turn(120)

    assert town.trunk.opened == ["one"]
    assert town.is_off()
    [notice] = town.notices()
    assert "不会自己重连" in notice

    await one.listening.stop()  # nor does another, or a restart, fight for it
    await town.starts("three")
    await town.turn(30)
    assert town.trunk.opened == ["one"]

    town.store.do(lambda uow: rests.resume(uow, BOT, "an operator"))
    await town.turn(5)
    assert len(town.trunk.open) == 1


async def test_a_refusal_is_kept_even_when_the_database_refuses_first(lone: Town) -> None:
    one = await lone.starts("one")
    one.writer.cut = True
    one.bot.error = KICKED
    one.bot.dies.set()
    await lone.turn(2)
    one.writer.cut = False
    await lone.turn(20)

    assert lone.is_off()
    assert lone.trunk.opened == ["one"]


async def test_a_platform_that_is_away_is_tried_ever_less_often(lone: Town) -> None:
    one = await lone.starts("one")
    one.bot.script = [RetryLater("bot: away", after_s=0) for _ in range(20)]
    one.naps.taken.clear()
    one.bot.dies.set()
    await lone.turn(400)

    waits = [nap for nap in one.naps.taken if nap != 2.0]
    assert len(waits) > 8
    for tries, nap in enumerate(waits):
        assert min(2.0**tries, 60) / 2 <= nap < min(2.0**tries, 60)
    assert len(set(waits)) == len(waits), "replicas would come all at once"
    [notice] = lone.notices()
    assert "连续几次没有连上" in notice


async def test_what_is_to_be_said_waits_for_the_connection(lone: Town) -> None:
    one = await lone.starts("one")
    one.bot.script = [RetryLater("bot: away", after_s=0) for _ in range(4)]
    one.bot.dies.set()
    await lone.turn(10)
    assert one.serves[0]
    assert not any(one.serves[1:]), "a try in vain would only be noise"

    await lone.turn(40)
    assert len(lone.trunk.open) == 1
    assert one.serves[-1]


async def test_the_platform_may_ask_for_more_patience(lone: Town) -> None:
    one = await lone.starts("one")
    one.bot.error = RetryLater("bot: slow down", after_s=90)
    one.bot.dies.set()
    await lone.turn(85)
    assert lone.trunk.opened == ["one"]

    await lone.turn(10)
    assert lone.trunk.opened == ["one", "one"]


async def test_after_a_steady_connection_the_next_is_tried_soon(lone: Town) -> None:
    one = await lone.starts("one")
    for _ in range(6):
        await lone.turn(61)
        assert one.bot.line is not None
        one.bot.line.alive()
        one.naps.taken.clear()
        one.bot.dies.set()
        await lone.turn(2)
        assert next(nap for nap in one.naps.taken if nap != 2.0) < 1

    assert lone.notices() == []


async def test_the_channels_own_bug_is_no_end(lone: Town) -> None:
    one = await lone.starts("one")
    one.bot.error = ZeroDivisionError("as told")
    one.bot.dies.set()
    await lone.turn(40)

    assert lone.trunk.opened == ["one", "one"]


async def test_operators_hear_of_a_gap_with_its_times(lone: Town) -> None:
    one = await lone.starts("one")
    await lone.turn(3)
    assert one.bot.line is not None
    one.bot.line.alive()
    await lone.turn(3)
    one.bot.error = RetryLater("bot: dead", after_s=30)
    one.bot.dies.set()
    await lone.turn(40)

    [notice] = lone.notices()
    assert "08-24 12:00:03 至 08-24 12:00:3" in notice


async def test_no_gap_is_told_of_a_quick_start(lone: Town) -> None:
    one = await lone.starts("one")
    await lone.turn(300)
    await one.listening.stop()
    await lone.starts("two")
    await lone.turn(5)

    assert lone.trunk.opened == ["one", "two"]
    assert lone.notices() == []


async def test_a_night_without_us_is_a_gap(lone: Town) -> None:
    one = await lone.starts("one")
    await lone.turn(30)
    await one.listening.stop()
    lone.store.clock.tick(hours=8)
    await lone.starts("two")
    await lone.turn(3)

    [notice] = lone.notices()
    assert "08-24 12:00:30 至 08-24 20:00:30" in notice


async def test_who_is_alone_waits_for_no_dead_one(lone: Town) -> None:
    one = await lone.starts("one")
    lone.processes.remove(one)
    two = await lone.starts("two")
    await two.listening.stop()
    await two.listening.start(alone=True)
    await two.turn(0.1)

    assert lone.trunk.opened == ["one", "two"]
    await one.listening.stop()


async def test_an_ordinary_rest_of_the_channel_keeps_the_connection_away_from_nobody(
    lone: Town,
) -> None:
    lone.store.do(lambda uow: outbox.pause(uow, BOT, 60, "slow"))
    await lone.starts("one")

    assert lone.trunk.opened == ["one"]


@given(st.integers(0, 10_000), st.floats(0, 1, exclude_max=True))
def test_nobody_waits_for_nothing_nor_for_ever(tries: int, luck: float) -> None:
    assert timedelta(seconds=0.5) <= timedelta(seconds=back_off_s(tries, luck))
    assert back_off_s(tries, luck) <= 60


async def test_nothing_is_opened_while_nothing_could_be_written_down(lone: Town) -> None:
    one = await lone.starts("one")
    one.writer.cut = True
    one.bot.dies.set()
    await lone.turn(3)
    assert lone.trunk.opened == ["one"]

    one.writer.cut = False
    await lone.turn(20)
    assert lone.trunk.open == ["one"]


async def test_who_comes_back_knows_what_another_has_heard_meanwhile(lone: Town) -> None:
    one = await lone.starts("one")
    two = await lone.starts("two")
    one.writer.cut = True
    await lone.turn(FENCE_S + LEASE_S + 30)
    await two.listening.stop()
    stopped = micros(lone.store.clock.now())
    one.bot.script = [RetryLater("bot: away", after_s=60)]
    one.writer.cut = False
    await lone.turn(5)

    assert lone.trunk.opened == ["one", "two", "one"]
    question = Statement("SELECT heard_at FROM connections")
    assert lone.store.do(lambda uow: uow.run(question)) == [(stopped,)]

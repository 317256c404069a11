"""Errands: work that asks a platform is due until it is done, whatever happens to the process."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.kernel.abilities import Abilities, Errands
from bot.kernel.errors import RetryLater, Undeliverable
from bot.kernel.feature import Errand, Feature
from bot.kernel.ids import ChannelName
from bot.kernel.metrics import REGISTRY
from bot.kernel.ports import Work
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from tests.kit.house import HouseUnderTest, Phone

PAUSES = Statement("SELECT count(*) FROM pauses")


class Lists:
    """An ability, as a room would ask for it."""


class Runner:
    """An errand that counts its runs, and does what a test wants of it."""

    def __init__(self) -> None:
        self.runs = 0
        self.does: Callable[[], object] = lambda: None
        self.gate: asyncio.Event | None = None
        self.began = asyncio.Event()

    async def __call__(self, work: Work, tools: Toolbox) -> None:
        self.runs += 1
        self.began.set()
        self.does()
        await work.look(lambda uow: uow.run(PAUSES))
        assert tools.use(Abilities) is not None
        if self.gate:
            await self.gate.wait()


@pytest.fixture
def runner() -> Runner:
    return Runner()


def house(folder: Path, runner: Runner) -> HouseUnderTest:
    room = Feature("help", errands=[Errand("help.look", runner, every_s=300)])
    return HouseUnderTest(folder, [room])


async def soon(built: HouseUnderTest) -> None:
    def ask(uow: UnitOfWork) -> None:
        built.tools.use(Errands).soon(uow, "help.look")

    await built.house.writer.do(ask)


async def test_it_runs_at_the_start_and_then_every_so_often(tmp_path: Path, runner: Runner) -> None:
    async with house(tmp_path, runner) as built:
        await built.house.engine.settle()
        assert runner.runs == 1

        built.clock.tick(seconds=299)
        await built.house.engine.settle()
        assert runner.runs == 1
        label = {"channel": "errand.help.look"}
        fetched = REGISTRY.get_sample_value("bot_updates_fetched_total", label)
        assert fetched is None, "a round that brings nothing is no news"

        built.clock.tick(seconds=2)
        await built.house.engine.settle()
        assert runner.runs == 2


async def test_whoever_asks_for_it_has_it_at_once(tmp_path: Path, runner: Runner) -> None:
    async with house(tmp_path, runner) as built:
        await built.house.engine.settle()
        await soon(built)
        await built.house.engine.settle()

        assert runner.runs == 2


async def test_asked_for_while_it_runs_it_runs_once_more(tmp_path: Path, runner: Runner) -> None:
    async with house(tmp_path, runner) as built:
        await built.house.engine.settle()
        runner.gate = asyncio.Event()
        runner.began.clear()
        await soon(built)
        await runner.began.wait()
        await soon(built)
        await soon(built)
        runner.gate.set()
        await built.house.engine.settle()

        assert runner.runs == 3


async def test_one_that_died_in_the_middle_is_due_after_the_start(
    tmp_path: Path, runner: Runner
) -> None:
    runner.gate = asyncio.Event()
    async with house(tmp_path, runner) as built:
        await runner.began.wait()
        await built.house.stop(0)

    runner.gate = None
    async with house(tmp_path, runner) as built:
        await built.house.engine.settle()
    assert runner.runs == 2


async def test_one_that_is_refused_rests_longer_each_time_and_is_told_of_once(
    tmp_path: Path, runner: Runner
) -> None:
    def refuse() -> None:
        raise RetryLater("busy", after_s=10)

    runner.does = refuse
    async with house(tmp_path, runner) as built:
        for _ in range(8):
            await built.house.engine.settle()
            await soon(built)  # hurries nothing
            await built.house.engine.settle()
            built.clock.tick(seconds=301)
        told = await built.ask("SELECT text FROM notices")

        assert runner.runs == 8
        assert [str(text).splitlines()[0] for (text,) in told] == [
            "后台任务 help.look 做不下去了。"
        ]

        runner.does = lambda: None
        await built.house.engine.settle()
        await soon(built)
        await built.house.engine.settle()
        assert runner.runs == 10


async def test_what_an_operator_must_mend_is_told_at_once_with_its_number(
    tmp_path: Path, runner: Runner
) -> None:
    def refuse() -> None:
        raise Undeliverable("not allowed", code=48002, channel_off=True)

    runner.does = refuse
    async with house(tmp_path, runner) as built:
        await built.house.engine.settle()
        told = await built.ask("SELECT text FROM notices")

    assert "48002" in str(told)


async def test_its_own_mistake_makes_it_rest_a_minute(tmp_path: Path, runner: Runner) -> None:
    runner.does = lambda: int("eleven")
    async with house(tmp_path, runner) as built:
        await built.house.engine.settle()
        built.clock.tick(seconds=30)
        await built.house.engine.settle()
        assert runner.runs == 1

        built.clock.tick(seconds=31)
        await built.house.engine.settle()
        assert runner.runs == 2


def test_abilities_are_found_by_kind_and_channel() -> None:
    abilities, lists = Abilities(), Lists()
    abilities.offer(ChannelName("kefu"), {Lists: lists})

    assert abilities.of(Lists) == {"kefu": lists}
    assert abilities.one(Lists) is lists
    assert abilities.one(Phone) is None

"""What only the engine of a single process can show: its hands, its sweep."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from bot.kernel.work import UnitOfWork
from bot.pipeline.engine import embedded
from bot.pipeline.engine.embedded import EmbeddedEngine
from bot.storage.writer import Writer
from tests.kit.workshop import Workshop, prepare, until

T = TypeVar("T")


@pytest.fixture
async def workshop(tmp_path: Path) -> AsyncIterator[Workshop]:
    url = f"sqlite:///{tmp_path / 'work.sqlite3'}"
    prepare(url)
    async with Workshop(url) as running:
        yield running


async def test_a_slow_platform_holds_up_neither_members_nor_other_platforms(
    workshop: Workshop,
) -> None:
    go_on = asyncio.Event()
    workshop.during = lambda key: go_on.wait() if key.startswith("out:slow") else asyncio.sleep(0)
    await workshop.add(*[f"out:slow:{number}" for number in range(600)])
    await workshop.add("in:amei", "out:quick:amei")
    await until(lambda: workshop.drained["in:amei"] + workshop.drained["out:quick:amei"] == 2)
    go_on.set()
    await workshop.engine.settle()

    assert len(await workshop.effects()) == 602


async def test_a_stop_begins_nothing_that_still_waited_for_a_hand(workshop: Workshop) -> None:
    go_on = asyncio.Event()
    workshop.during = lambda _key: go_on.wait()
    await workshop.add(*[f"in:{number}" for number in range(300)])
    await until(lambda: sum(workshop.inside.values()) == embedded.HANDS)
    stopping = asyncio.create_task(workshop.engine.stop(within_s=5))
    await asyncio.sleep(0)
    go_on.set()
    await stopping

    assert len(workshop.drained) == embedded.HANDS


async def test_a_hand_that_is_cancelled_leaves_its_keys_to_another(workshop: Workshop) -> None:
    bad = [f"in:{number}" for number in range(embedded.HANDS)]
    workshop.during = lambda key: _cancel() if key in bad else asyncio.sleep(0)
    await workshop.add(*bad, *(f"in:good {number}" for number in range(9)))

    await until(lambda: sum(workshop.drained[f"in:good {number}"] for number in range(9)) >= 9)


class Overtaken:
    """Work whose next look is followed by a commit that wakes a key before anybody is told."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.looks = 0
        self.then: Callable[[UnitOfWork], None] | None = None

    async def do(self, use_case: Callable[[UnitOfWork], T]) -> T:
        return await self.writer.do(use_case)

    async def look(self, use_case: Callable[[UnitOfWork], T]) -> T:
        found = await self.writer.look(use_case)
        self.looks += 1
        if then := self.then:
            self.then = None
            await self.writer.do(then)
        return found


async def test_what_begins_while_it_is_looked_for_is_waited_for(workshop: Workshop) -> None:
    work, finished = Overtaken(workshop.writer), list[str]()

    async def drain(key: str) -> None:
        await work.do(lambda _uow: None)
        finished.append(key)

    def wake(uow: UnitOfWork) -> None:
        uow.wake("in:amei")
        engine.enlist(uow)

    engine = EmbeddedEngine(drain, lambda _uow: set(), work)
    await engine.start()
    await until(lambda: work.looks == 1)
    work.then = wake
    await engine.settle()
    assert finished == ["in:amei"]
    await engine.stop(1)


async def _cancel() -> None:
    raise asyncio.CancelledError


async def test_a_sweep_that_fails_in_an_unknown_way_is_tried_again(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "_SWEEP_S", 0.05)
    failures = [ValueError("a mistake in the program")]
    drained = asyncio.Event()

    async def drain(_key: str) -> None:
        drained.set()

    def due(_uow: UnitOfWork) -> set[str]:
        if failures:
            raise failures.pop()
        return {"in:amei"}

    engine = EmbeddedEngine(drain, due, workshop.writer)
    await engine.start()
    await asyncio.wait_for(drained.wait(), 5)

    assert engine.trouble() == ""
    await engine.stop(1)

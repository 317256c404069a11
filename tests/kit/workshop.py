"""Work of the simplest kind, to try an engine on: items in a table, done once, in order.

As a program it is one replica, which may be killed:
`python -m tests.kit.workshop URL ITEMS STEP` adds items, prints the number of each that it
promises to do, works, and kills itself at the named step; without a step it works until
somebody else kills it.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Self

from bot.kernel.clock import SystemClock
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.pipeline.engine import Engine
from bot.pipeline.engine.embedded import EmbeddedEngine
from bot.pipeline.engine.procrastinate import Pace, ProcrastinateEngine
from bot.storage.columns import integer, micros
from bot.storage.db import Database
from bot.storage.writer import Writer

STEPS = ("before commit", "committed", "begun", "before done", "done")
"""Where a replica can be killed."""
QUICK = Pace(sweep_s=0.2, heartbeat_s=0.2, dead_after_s=1.2)
KEYS_OF_A_REPLICA = 4
TIMES = 3
"""A replica dies the so-manieth time that it comes to its last step."""

_PATIENCE_S = 12.0
_FROZEN_S = 3.0  # well below our patience: a replica may be frozen inside a transaction
_TABLES = (
    "CREATE TABLE items (id {id}, key TEXT NOT NULL, due_at BIGINT NOT NULL, done INTEGER)",
    "CREATE TABLE attempts (item BIGINT NOT NULL)",
    "CREATE TABLE effects (id {id}, item BIGINT NOT NULL UNIQUE, key TEXT NOT NULL)",
)
_ADD = Statement("INSERT INTO items (key, due_at, done) VALUES (:key, :due_at, 0) RETURNING id")
_NEXT = Statement("SELECT id, due_at FROM items WHERE key = :key AND done = 0 ORDER BY id LIMIT 1")
_ATTEMPT = Statement("INSERT INTO attempts (item) VALUES (:item)")
_DONE = Statement("UPDATE items SET done = 1 WHERE id = :item AND done = 0 RETURNING id")
_EFFECT = Statement("INSERT INTO effects (item, key) VALUES (:item, :key)")
_DUE = Statement("SELECT DISTINCT key FROM items WHERE done = 0 AND due_at <= :now")
_LEFT = Statement("SELECT id FROM items WHERE done = 0")
_EFFECTS = Statement("SELECT item, key FROM effects ORDER BY id")
_ATTEMPTS = Statement("SELECT item FROM attempts")


def prepare(url: str) -> None:
    """Create the tables."""
    database = Database(url)
    kind = "INTEGER PRIMARY KEY" if database.is_sqlite else "BIGSERIAL PRIMARY KEY"
    with database.writing() as connection:
        for table in _TABLES:
            connection.execute(table.format(id=kind))
    database.close()


def due_keys(uow: UnitOfWork) -> set[str]:
    """Ask the items what is due."""
    return {str(key) for (key,) in uow.run(_DUE, now=micros(uow.clock.now()))}


class Workshop:
    """One replica: a writer, an engine, and somebody who does the items of a key."""

    def __init__(self, url: str, pace: Pace = QUICK) -> None:
        self.database = Database(url, frozen_s=_FROZEN_S)
        self.writer = Writer(self.database, SystemClock(), self._settle)
        self.engine: Engine = (
            EmbeddedEngine(self._drain, due_keys, self.writer)
            if self.database.is_sqlite
            else ProcrastinateEngine.on(self.database, pace)(self._drain, due_keys, self.writer)
        )
        self.drained: Counter[str] = Counter()
        self.inside: Counter[str] = Counter()
        self.most_inside = 0
        self.at: Callable[[str], None] = lambda _step: None
        self.during: Callable[[str], Awaitable[object]] = lambda _key: asyncio.sleep(0)

    async def __aenter__(self) -> Self:
        await self.writer.start()
        await self.engine.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.engine.stop(2)
        await self.close()

    async def close(self) -> None:
        """Let the writer finish and close the database."""
        await self.writer.stop()
        self.database.close()

    async def add(self, *keys: str, in_s: float = 0) -> list[int]:
        """Write down an item for each of the keys, and wake them; return their numbers."""
        added = await self.writer.do(lambda uow: write_down(uow, keys, in_s))
        self.at("committed")
        return added

    async def wake(self, key: str) -> None:
        """Wake a key without giving it anything to do."""
        await self.writer.do(lambda uow: uow.wake(key))

    def _settle(self, uow: UnitOfWork) -> None:
        if uow.wakes:
            self.engine.enlist(uow)
            self.at("before commit")

    async def _drain(self, key: str) -> float | None:
        self.drained[key] += 1
        self.inside[key] += 1
        self.most_inside = max(self.most_inside, self.inside[key])
        try:
            return await self._do_all(key)
        finally:
            self.inside[key] -= 1

    async def _do_all(self, key: str) -> float | None:
        while True:
            item, wait_s = await self.writer.do(lambda uow: _begin(uow, key))
            if item is None:
                await self.during(key)
                return wait_s
            self.at("begun")
            await self.during(key)
            await self.writer.do(lambda uow: self._do(uow, item, key))  # noqa: B023 - awaited here
            self.at("done")

    def _do(self, uow: UnitOfWork, item: int, key: str) -> None:
        if uow.run(_DONE, item=item):
            uow.run(_EFFECT, item=item, key=key)
            self.at("before done")

    async def effects(self) -> list[tuple[int, str]]:
        """Return the items that were done, in that order, and their keys."""
        rows = await self.writer.look(lambda uow: uow.run(_EFFECTS))
        return [(integer(item), str(key)) for item, key in rows]

    async def attempts(self) -> Counter[int]:
        """Return how often each item was begun."""
        rows: Sequence[Row] = await self.writer.look(lambda uow: uow.run(_ATTEMPTS))
        return Counter(integer(item) for (item,) in rows)

    async def all_done(self) -> None:
        """Wait until no item is left, by whichever replica; not for ever."""
        await until(lambda: self.writer.look(lambda uow: not uow.run(_LEFT)))


def write_down(uow: UnitOfWork, keys: Sequence[str], in_s: float = 0) -> list[int]:
    """Write down an item for each of the keys, and wake them; return their numbers."""
    due_at = micros(uow.clock.now()) + round(in_s * 1e6)
    for key in keys:
        uow.wake(key)
    return [integer(uow.run(_ADD, key=key, due_at=due_at)[0][0]) for key in keys]


async def until(true: Callable[[], bool | Awaitable[bool]]) -> None:
    """Wait until something is so.

    Raises:
        TimeoutError: it did not become so in time.
    """
    async with asyncio.timeout(_PATIENCE_S):
        while True:
            found = true()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0.02)  # another process may be the one that makes it so


def in_order(effects: Sequence[tuple[int, str]]) -> bool:
    """Return True when the items of each key were done in the order of their writing."""
    last: dict[str, int] = {}
    for item, key in effects:
        if item <= last.get(key, 0):
            return False
        last[key] = item
    return True


def _begin(uow: UnitOfWork, key: str) -> tuple[int | None, float | None]:
    rows = uow.run(_NEXT, key=key)
    if not rows:
        return None, None
    item, due_at = integer(rows[0][0]), integer(rows[0][1])
    wait_s = (due_at - micros(uow.clock.now())) / 1e6
    if wait_s > 0:
        return None, wait_s
    uow.run(_ATTEMPT, item=item)
    return item, None


async def _replica(url: str, items: int, last_step: str) -> None:
    workshop = Workshop(url)
    seen: Counter[str] = Counter()

    def at(step: str) -> None:
        seen[step] += 1
        if step == last_step and seen[step] == TIMES:
            os.kill(os.getpid(), signal.SIGKILL)

    async def slowly(_key: str) -> None:
        await asyncio.sleep(0.01)

    workshop.at, workshop.during = at, slowly
    async with workshop:
        for number in range(items):
            for added in await workshop.add(f"in:{number % KEYS_OF_A_REPLICA}"):
                print("promised", added, flush=True)  # noqa: T201 - to whoever started us
        await asyncio.Event().wait()


def promises(said: bytes) -> set[int]:
    """Return the numbers of the items that a replica has promised to do."""
    lines = [line.split() for line in said.splitlines()]
    return {int(words[1]) for words in lines if words[:1] == [b"promised"]}


@contextmanager
def replica(url: str, items: int, step: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """Run one replica as a process of its own; it is gone at the end of the block."""
    command = [sys.executable, "-m", "tests.kit.workshop", url, str(items), step]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


if __name__ == "__main__":
    asyncio.run(_replica(sys.argv[1], int(sys.argv[2]), sys.argv[3]))

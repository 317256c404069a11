"""The engine of a single process: tasks in the event loop, no service, no job table."""

import asyncio
from collections import defaultdict
from collections.abc import Collection

import structlog

from bot.kernel.errors import CannotStore
from bot.kernel.ports import Work
from bot.kernel.work import UnitOfWork
from bot.pipeline.engine import Drain, DueKeys

log = structlog.get_logger(__name__)

_SWEEP_S = 1.0
_REST_S = 5.0  # a drain that raised has a bug: not again at once
_AT_ONCE = 256
"""How many conversations are worked on at a time, and how many lanes of each channel: a
platform that is slow to take messages keeps neither members nor other platforms waiting."""


class EmbeddedEngine:
    """Drains keys in tasks of this process; a sweeper finds what no wake announced."""

    def __init__(self, drain: Drain, due_keys: DueKeys, work: Work) -> None:
        self._drain = drain
        self._due_keys = due_keys
        self._work = work
        self._running: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._resting: set[str] = set()
        self._gates: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(_AT_ONCE))
        self._sweeper: asyncio.Task[None] | None = None
        self._closed = True
        self._trouble = ""

    def enlist(self, uow: UnitOfWork) -> None:
        """Wake the unit's keys after its commit."""
        keys = tuple(dict.fromkeys(uow.wakes))
        uow.after_commit(lambda: self._wake(keys))

    async def start(self) -> None:
        """Begin with what is due already."""
        self._closed = False
        self._sweeper = asyncio.create_task(self._sweep_for_ever())

    async def stop(self, within_s: float) -> None:
        """Let what is under way finish, then cancel the rest; its rows stay due."""
        self._closed = True
        if self._sweeper:
            self._sweeper.cancel()
        tasks = [task for task in (*self._running.values(), self._sweeper) if task]
        if tasks:
            _done, late = await asyncio.wait(tasks, timeout=within_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def settle(self) -> None:
        """Return when nothing runs and nothing is due."""
        while True:
            while self._running:
                await asyncio.wait(list(self._running.values()))
            keys = set(await self._work.look(self._due_keys)) - self._resting
            if not keys:
                return
            self._wake(keys)

    def trouble(self) -> str:
        """Return why the engine can't work, empty when it can."""
        return "stopped" if self._closed else self._trouble

    def _wake(self, keys: Collection[str]) -> None:
        if self._closed:
            return
        for key in keys:
            if key in self._running:
                self._again.add(key)
            else:
                self._running[key] = asyncio.create_task(self._run(key))

    async def _run(self, key: str) -> None:
        try:
            wait_s = await self._drain_while_woken(key)
        except Exception:
            log.exception("engine.drain_failed", key=key)
            self._resting.add(key)
            asyncio.get_running_loop().call_later(_REST_S, self._resting.discard, key)
            wait_s = None  # its rows are still due: the sweeper comes back to it
        finally:
            del self._running[key]
        if wait_s is not None and wait_s < _SWEEP_S and not self._closed:
            asyncio.get_running_loop().call_later(wait_s, self._wake, (key,))

    async def _drain_while_woken(self, key: str) -> float | None:
        while True:
            self._again.discard(key)
            async with self._gates[_crowd(key)]:
                if self._closed:
                    return None
                wait_s = await self._drain(key)
            if key not in self._again or self._closed:
                return wait_s

    async def _sweep_for_ever(self) -> None:
        while True:
            try:
                due = set(await self._work.look(self._due_keys))
                self._wake(due - self._running.keys() - self._resting)
                self._trouble = ""
            except CannotStore as exc:
                self._trouble = str(exc)
                log.warning("engine.sweep_failed", error=str(exc))
            except Exception as exc:
                self._trouble = f"the sweep: {type(exc).__name__}"
                log.exception("engine.sweep_failed")
            await asyncio.sleep(_SWEEP_S)


def _crowd(key: str) -> str:
    """Return what shares its hands with `key`: all conversations, or the lanes of a channel."""
    book, _, rest = key.partition(":")
    return book if book == "in" else f"{book}:{rest.partition(':')[0]}"

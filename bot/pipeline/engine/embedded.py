"""The engine of a single process: tasks in the event loop, no service, no job table."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Collection
from dataclasses import dataclass, field

import structlog

from bot.kernel.errors import CannotStore
from bot.kernel.ports import Work
from bot.kernel.work import UnitOfWork
from bot.pipeline.engine import Drain, DueKeys

log = structlog.get_logger(__name__)

_SWEEP_S = 1.0
_REST_S = 5.0  # a drain that raised has a bug: not again at once
HANDS = 64
"""How many conversations are worked on at a time, and how many lanes of each channel: a
platform that is slow to take messages keeps neither members nor other platforms waiting."""


@dataclass
class _Crowd:
    """Keys that wait for the same hands, and how many hands there are."""

    keys: deque[str] = field(default_factory=deque)
    hands: int = 0


class EmbeddedEngine:
    """Drains keys in tasks of this process; a sweeper finds what no wake announced.

    A task is a hand that takes one key after the other, as long as there are any: a task for
    each would cost a busy house more than much of the work.
    """

    def __init__(self, drain: Drain, due_keys: DueKeys, work: Work) -> None:
        self._drain = drain
        self._due_keys = due_keys
        self._work = work
        self._crowds: dict[str, _Crowd] = defaultdict(_Crowd)
        self._hands: set[asyncio.Task[None]] = set()
        self._waiting: set[str] = set()
        self._running: set[str] = set()
        self._again: set[str] = set()
        self._resting: set[str] = set()
        self._left: set[str] = set()
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
        tasks = [task for task in (*self._hands, self._sweeper) if task]
        if tasks:
            _done, late = await asyncio.wait(tasks, timeout=within_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def serve(self, crowd: str, *, here: bool) -> None:
        """Work on the keys of a crowd, or leave them alone; the sweeper finds what waits then."""
        (self._left.discard if here else self._left.add)(crowd)

    async def settle(self) -> None:
        """Return when nothing runs and nothing is due here."""
        while True:
            while self._hands:
                await asyncio.wait(list(self._hands))
            due = set(await self._work.look(self._due_keys)) - self._resting
            keys = {key for key in due if _crowd(key) not in self._left}
            if not keys and not self._hands:  # the sweeper may have found one while we looked
                return
            self._wake(keys)

    def trouble(self) -> str:
        """Return why the engine can't work, empty when it can."""
        return "stopped" if self._closed else self._trouble

    def _wake(self, keys: Collection[str]) -> None:
        if self._closed:
            return
        for key in keys:
            if _crowd(key) in self._left:
                continue
            if key in self._running:
                self._again.add(key)
            elif key not in self._waiting:
                self._waiting.add(key)
                self._line_up(key)

    def _line_up(self, key: str) -> None:
        crowd = self._crowds[_crowd(key)]
        crowd.keys.append(key)
        if crowd.hands < HANDS:
            crowd.hands += 1
            hand = asyncio.create_task(self._work_off(crowd))
            self._hands.add(hand)
            hand.add_done_callback(self._hands.discard)

    async def _work_off(self, crowd: _Crowd) -> None:
        try:
            while crowd.keys and not self._closed:
                key = crowd.keys.popleft()
                self._waiting.discard(key)
                await self._run(key)
        finally:
            crowd.hands -= 1
            if crowd.keys and not self._closed:  # we were cancelled: the next hand takes over
                self._line_up(crowd.keys.pop())

    async def _run(self, key: str) -> None:
        self._running.add(key)
        try:
            wait_s = await self._drain(key)
        except Exception:
            log.exception("engine.drain_failed", key=key)
            self._resting.add(key)
            asyncio.get_running_loop().call_later(_REST_S, self._resting.discard, key)
            self._again.discard(key)
            wait_s = None  # its rows are still due: the sweeper comes back to it
        finally:
            self._running.discard(key)
        if key in self._again:
            self._again.discard(key)
            self._wake((key,))
        elif wait_s is not None and wait_s < _SWEEP_S and not self._closed:
            asyncio.get_running_loop().call_later(wait_s, self._wake, (key,))

    async def _sweep_for_ever(self) -> None:
        while True:
            try:
                due = set(await self._work.look(self._due_keys))
                self._wake(due - self._running - self._resting)
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

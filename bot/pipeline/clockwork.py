"""Runs the rooms' jobs by the clock, and moves the simulator's clock through what falls due.

Nothing elects a leader: every replica runs every job, and a job's unique rows make its
effect happen once.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import structlog

from bot.kernel.clock import ShiftedClock
from bot.kernel.errors import CannotStore
from bot.kernel.feature import Job
from bot.kernel.ports import Work
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.pipeline.engine import Engine
from bot.storage.columns import instant, micros

log = structlog.get_logger(__name__)

_TICK_S = 0.5

_NEXT_HELD = Statement(
    "SELECT min(due_at) FROM (SELECT due_at FROM inbox WHERE status = 'waiting'"
    " AND due_at > :now UNION ALL SELECT due_at FROM outbox"
    " WHERE status IN ('queued', 'sending') AND due_at > :now) held"
)


class Clockwork:
    """Starts each job every so many seconds."""

    def __init__(self, jobs: Sequence[Job], work: Work, tools: Toolbox) -> None:
        self._jobs = jobs
        self._work = work
        self._tools = tools
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to tick."""
        self._task = asyncio.create_task(self._tick_for_ever())

    async def stop(self) -> None:
        """Stop ticking; a job under way is all-or-nothing anyway."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def run_all(self) -> None:
        """Run every job to its end, in order."""
        for job in self._jobs:
            while await self._run(job):
                pass

    async def _tick_for_ever(self) -> None:
        loop = asyncio.get_running_loop()
        due = dict.fromkeys(range(len(self._jobs)), loop.time())
        while True:
            has_more = False
            for number, job in enumerate(self._jobs):
                if due[number] > loop.time():
                    continue
                if await self._run(job):
                    has_more = True  # after the others: an import takes minutes
                else:
                    due[number] = loop.time() + job.every_s
            await asyncio.sleep(0 if has_more else _TICK_S)

    async def _run(self, job: Job) -> bool:
        """Run a job once; True when it has more to do."""
        try:
            if before := job.before:
                await self._work.look(lambda uow: before(uow, self._tools))
            return bool(await self._work.do(lambda uow: job.run(uow, self._tools)))
        except CannotStore as exc:
            log.warning("job.postponed", job=job.name, error=str(exc))
        except Exception:
            log.exception("job.failed", job=job.name)
        return False

    async def next_due(self, after: datetime) -> datetime | None:
        """Return when something happens next: a job's fire, a message held back."""
        return await self._next(self._jobs, after)

    async def next_sent(self, after: datetime) -> datetime | None:
        """Return when members see something next."""
        return await self._next([job for job in self._jobs if job.sends], after)

    async def _next(self, jobs: Sequence[Job], after: datetime) -> datetime | None:
        def ask(uow: UnitOfWork) -> datetime | None:
            found = [job.next_due(uow, self._tools, after) for job in jobs if job.next_due]
            held = uow.run(_NEXT_HELD, now=micros(after))[0][0]
            found.append(None if held is None else instant(held))
            return min((at for at in found if at is not None), default=None)

        return await self._work.look(ask)


class Travel:
    """Moves the simulator's clock forward; everything due on the way happens, in order."""

    def __init__(self, clock: ShiftedClock, clockwork: Clockwork, engine: Engine) -> None:
        self._clock = clock
        self._clockwork = clockwork
        self._engine = engine
        self._one_at_a_time = asyncio.Lock()

    async def __call__(self, to: datetime) -> datetime:
        """Move the clock to `to`, stopping wherever something falls due; return the present."""
        async with self._one_at_a_time:
            await self._engine.settle()
            while (stop := await self._clockwork.next_due(self._clock.now())) and stop < to:
                await self._let_happen(stop)
            await self._let_happen(to)
            return self._clock.now()

    async def _let_happen(self, at: datetime) -> None:
        self._clock.move_to(at)
        await self._clockwork.run_all()
        await self._engine.settle()

"""The engine of several replicas: procrastinate on PostgreSQL wakes whichever has a hand free.

A job is a hint, "drain key K", and nothing more: what is due stands in our rows, in the
order of our rows. So a job is written in the transaction that it announces, never waits for
a time, is never tried twice and is deleted when it ends. What no job announces (a delay
that has passed, a replica that died) the sweeper of every replica finds in the rows.

A key is locked by the job that works on it. The lock is a lease: a replica that gave no
sign of life for `Pace.dead_after_s` loses it. Should it wake up after all, two drains of a
key meet for a moment, and the rows' own state keeps them apart.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog

from bot.kernel.errors import CannotStore, ConfigError, Problem
from bot.kernel.ports import Work
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.pipeline.engine import Drain, DueKeys
from bot.storage.columns import integer
from bot.storage.db import Database, hung_up

if TYPE_CHECKING:
    from procrastinate import App
    from procrastinate.worker import Worker

log = structlog.get_logger(__name__)

_TASK = "drain"
_IN = "in"
_HANDS_IN = 16
_HANDS_OUT = 64
"""How many conversations one replica works on at a time, and how many lanes of each kind of
channel. They have separate workers: a platform that is slow to take messages keeps neither
members nor other platforms waiting."""
_MOST_JOBS = 500
"""How many may wait in a queue: procrastinate looks through all for the next; rows can wait."""
_REST_S = 5.0  # a drain that raised has a bug: not again at once
_AGAIN_S = 1.0
_LOOK_S = 0.02
_DEFER_TRIES = 3

_DEFER = Statement(
    "WITH wanted AS (SELECT key, queue"
    " FROM unnest(CAST(:keys AS text[]), CAST(:queues AS text[])) AS asked(key, queue)),"
    " waiting AS (SELECT lock, queue_name FROM procrastinate_jobs WHERE status = 'todo'"
    " AND queueing_lock = ANY(CAST(:keys AS text[])) FOR SHARE),"
    " told AS (SELECT pg_notify('procrastinate_queue_v1#' || queue_name, CAST("
    "json_build_object('type', 'job_inserted', 'job_id', 0) AS text))"
    " FROM (SELECT DISTINCT queue_name FROM waiting) AS queues),"
    " written AS (INSERT INTO procrastinate_jobs"
    " (queue_name, task_name, lock, queueing_lock, args)"
    " SELECT queue, 'drain', key, key, jsonb_build_object('key', key) FROM wanted"
    " WHERE key NOT IN (SELECT lock FROM waiting) ORDER BY key"
    " ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING RETURNING lock)"
    " SELECT lock FROM waiting UNION ALL SELECT lock FROM written"
    " UNION ALL SELECT NULL FROM told"
)
"""Writes a job for each key that has none waiting; returns the keys that have one for sure.

A job that is waiting already is held until we commit: taken earlier, it would not see the
rows that it is to work on. The library's own function to write jobs fails when there is one,
and a failure would cost a savepoint around each try.
"""
_SUCCESSOR = (
    "DELETE FROM procrastinate_jobs WHERE queueing_lock = %(key)s AND status = 'todo' RETURNING id"
)
_JOBS = Statement(
    "SELECT job.id, job.lock, CAST(job.status AS text), job.worker_id, COALESCE("
    "worker.last_heartbeat < now() - make_interval(secs => :dead_after_s), true)"
    " FROM procrastinate_jobs AS job"
    " LEFT JOIN procrastinate_workers AS worker ON worker.id = job.worker_id"
    " WHERE job.task_name = 'drain' AND job.status IN ('todo', 'doing')"
)
_BURY = Statement(
    "DELETE FROM procrastinate_jobs WHERE id = ANY(CAST(:jobs AS bigint[])) AND status = 'doing'"
)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the engine looks, in seconds."""

    poll_s: float = 0.5
    """For jobs whose key was locked when they were announced."""
    sweep_s: float = 1.0
    heartbeat_s: float = 1.0
    dead_after_s: float = 5.0


@dataclass(frozen=True, slots=True)
class _Found:
    """What a sweep has seen: keys without a job, and jobs without a hand that works on them."""

    missing: Sequence[str]
    forsaken: Sequence[int]
    orphans: frozenset[int]
    queues: frozenset[str]
    busy: bool


class ProcrastinateEngine:
    """Drains keys wherever a replica has a hand free; implements `Engine`.

    Raises:
        ConfigError: the libraries of the extra `postgres` are not installed.
    """

    def __init__(
        self,
        drain: Drain,
        due_keys: DueKeys,
        work: Work,
        database: Database,
        pace: Pace | None = None,
    ) -> None:
        self._drain = drain
        self._due_keys = due_keys
        self._work = work
        self._pace = pace or Pace()
        self._app = _app(database)
        self._app.task(name=_TASK)(self._work_on)
        self._workers: dict[str, Worker] = {}
        self._running: set[str] = set()
        self._again: set[str] = set()
        self._resting: set[str] = set()
        self._left: set[str] = set()
        self._dismissed: set[str] = set()
        """Queues whose worker was asked to end, and may still be at its last jobs."""
        self._orphans: frozenset[int] = frozenset()
        self._poke = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._supervisors: dict[str, asyncio.Task[None]] = {}
        self._closed = True
        self._troubles: dict[str, str] = {}

    @classmethod
    def on(cls, database: Database, pace: Pace | None = None) -> "_Making":
        """Return what makes an engine on this database from a drain, its keys and a work."""
        return _Making(cls, database, pace)

    # ── waking ──────────────────────────────────────────────────────────────────────────

    def enlist(self, uow: UnitOfWork) -> None:
        """Write a job for each of the unit's keys, in its own transaction."""
        keys = sorted(set(uow.wakes))
        _defer(uow, keys[:_MOST_JOBS])
        if len(keys) > _MOST_JOBS:
            uow.after_commit(self._poke.set)
        queues = {_queue(key) for key in keys}
        uow.after_commit(lambda: self._hire(queues))

    # ── working ─────────────────────────────────────────────────────────────────────────

    async def start(self) -> None:
        """Begin to work, with what is due already.

        Raises:
            ConfigError: the database lacks the tables of the jobs.
        """
        logging.getLogger("procrastinate").setLevel(logging.WARNING)  # it names keys at INFO
        await self._app.open_async()
        if not await self._app.check_connection_async():
            await self._app.close_async()
            message = "the tables of the jobs are missing in the database"
            raise ConfigError([Problem("[database]", 1, "old-database", message, "bot migrate")])
        self._closed = False
        self._hire({_IN})
        self._tasks = [
            asyncio.create_task(self._beat_for_ever(), name="heartbeat"),
            asyncio.create_task(self._sweep_for_ever(), name="sweeper"),
        ]
        await self._registered()

    async def stop(self, within_s: float) -> None:
        """Take no new keys, let those under way finish, then cancel the rest; rows stay due."""
        if self._closed:
            return
        self._closed = True
        self._poke.set()  # ends the sweeper
        for worker in self._workers.values():
            worker.shutdown_graceful_timeout = within_s
            worker.stop()  # type: ignore[no-untyped-call]  # the library leaves out "-> None"
        supervisors = list(self._supervisors.values())
        _done, late = await asyncio.wait(supervisors, timeout=within_s + 1)
        for task in (*self._tasks, *late):
            task.cancel()
        await asyncio.wait([*self._tasks, *supervisors], timeout=_AGAIN_S)
        with suppress(TimeoutError):  # a server that is gone must not hold us up
            await asyncio.wait_for(self._app.close_async(), _AGAIN_S)

    async def settle(self) -> None:
        """Return when no job is left on any replica and nothing is due."""
        while True:
            found = await self._work.look(self._find)
            if found.missing:
                await self._mend(found)
            elif not found.busy:
                return
            await asyncio.sleep(_LOOK_S)

    def serve(self, crowd: str, *, here: bool) -> None:
        """Let this replica's worker take jobs of a crowd, or leave them to another replica."""
        queue = _queue(f"{crowd}:")
        if here:
            self._left.discard(queue)
            self._hire({queue})
        elif queue not in self._left:
            self._left.add(queue)
            if queue in self._workers:
                self._dismissed.add(queue)
                self._workers[queue].stop()  # type: ignore[no-untyped-call]  # as above

    def trouble(self) -> str:
        """Return why the engine can't work, empty when it can."""
        return "stopped" if self._closed else "; ".join(self._troubles.values())

    async def _work_on(self, key: str) -> None:
        """Do what a job asks for; whatever goes wrong, its key is found again."""
        if key in self._running:  # ours once, given up for dead, and back with a new job
            self._again.add(key)
            return
        self._running.add(key)
        try:
            wait_s = await self._drain_while_woken(key)
        except Exception:
            log.exception("engine.drain_failed", key=key)
            self._resting.add(key)
            asyncio.get_running_loop().call_later(_REST_S, self._resting.discard, key)
        else:
            if wait_s is not None and wait_s < self._pace.sweep_s:
                asyncio.get_running_loop().call_later(max(wait_s, _LOOK_S), self._poke.set)
        finally:
            self._running.discard(key)

    async def _drain_while_woken(self, key: str) -> float | None:
        while True:
            self._again.discard(key)
            wait_s = await self._drain(key)
            if self._closed or not (await self._take_successor(key) or key in self._again):
                return wait_s

    async def _take_successor(self, key: str) -> bool:
        """Do what the next job of this key is for; left alone it would wait for a poll."""
        from procrastinate.exceptions import ConnectorException  # noqa: PLC0415 - an extra

        with suppress(ConnectorException):
            connector = self._app.connector
            return bool(await connector.execute_query_all_async(query=_SUCCESSOR, key=key))
        return False

    def _hire(self, queues: Iterable[str]) -> None:
        """See to it that each queue has a worker, from the first time that it is heard of."""
        for queue in queues:
            if queue not in self._supervisors and not self._closed:
                supervising = self._supervise(queue)
                self._supervisors[queue] = asyncio.create_task(supervising, name=f"worker {queue}")

    async def _supervise(self, queue: str) -> None:
        """Keep a worker running: it gives up whenever it loses the database."""
        from procrastinate.worker import Worker  # noqa: PLC0415 - an extra

        while not self._closed:
            if queue in self._left:
                await asyncio.sleep(self._pace.poll_s)
                continue
            self._workers[queue] = Worker(
                self._app,
                queues=[queue],
                name=f"{queue}-worker",
                concurrency=_HANDS_IN if queue == _IN else _HANDS_OUT,
                fetch_job_polling_interval=self._pace.poll_s,
                delete_jobs="always",
                install_signal_handlers=False,
                stalled_worker_timeout=self._pace.dead_after_s,
            )
            try:
                await self._workers[queue].run()  # type: ignore[no-untyped-call]  # likewise
            except Exception as exc:  # noqa: BLE001 - whatever it was, there must be a worker
                log.warning("engine.worker_failed", queue=queue, error=type(exc).__name__)
            if queue in self._dismissed:
                self._dismissed.discard(queue)
            elif not self._closed:
                self._troubles[queue] = f"the worker for {queue}: stopped"
                await asyncio.sleep(_AGAIN_S)

    # ── keeping alive, and finding what nobody announced ────────────────────────────────

    def _our_workers(self) -> dict[str, int]:
        workers = self._workers.items()
        return {queue: worker.worker_id for queue, worker in workers if worker.worker_id}

    async def _registered(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_AGAIN_S):
                while _IN not in self._our_workers():  # noqa: ASYNC110 - no event to wait for
                    await asyncio.sleep(_LOOK_S)

    async def _beat_for_ever(self) -> None:
        """Show that we live, to the end of a graceful stop.

        A worker's own heartbeat ends with its first error, and nobody there would notice.
        """
        while True:
            try:
                for queue, worker in self._our_workers().items():
                    await self._app.job_manager.update_heartbeat(worker)
                    self._troubles.pop(queue, None)
                self._troubles.pop("heartbeat", None)
            except Exception as exc:  # noqa: BLE001 - it beats again, whatever this was
                self._troubles["heartbeat"] = f"the heartbeat: {type(exc).__name__}"
                log.warning("engine.heartbeat_failed", error=type(exc).__name__)
            await asyncio.sleep(self._pace.heartbeat_s)

    async def _sweep_for_ever(self) -> None:
        while not self._closed:
            self._poke.clear()
            try:
                found = await self._work.look(self._find)
                self._orphans = found.orphans
                self._hire(found.queues)
                if found.missing or found.forsaken:
                    await self._mend(found)
                self._troubles.pop("sweep", None)
            except CannotStore as exc:
                self._troubles["sweep"] = str(exc)
                log.warning("engine.sweep_failed", error=str(exc))
            except Exception:
                log.exception("engine.sweep_failed")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._poke.wait(), self._pace.sweep_s)

    def _find(self, uow: UnitOfWork) -> _Found:
        """Compare the rows with the jobs.

        A job may be forsaken for two reasons: its worker died, or it is ours and we do not
        work on it, seen twice in a row (its end could not be written down).
        """
        jobs = uow.run(_JOBS, dead_after_s=self._pace.dead_after_s)
        waiting = [job for job in jobs if job[2] == "todo"]
        doing = [job for job in jobs if job[2] == "doing"]
        orphans = frozenset(_ids(job for job in doing if self._is_orphan(job)))
        forsaken = {*_ids(job for job in doing if job[4]), *(orphans & self._orphans)}
        alive = {str(job[1]) for job in jobs if job[0] not in forsaken}
        missing = set(self._due_keys(uow)) - alive - self._resting
        return _Found(
            list(_fitting(sorted(missing), Counter(_queue(str(job[1])) for job in waiting))),
            sorted(forsaken),
            orphans,
            queues=frozenset(map(_queue, missing | alive)),
            busy=bool(jobs),
        )

    def _is_orphan(self, job: Row) -> bool:
        return job[3] in self._our_workers().values() and job[1] not in self._running

    async def _mend(self, found: _Found) -> None:
        if found.forsaken:
            log.warning("engine.forsaken", jobs=len(found.forsaken))

        def mend(uow: UnitOfWork) -> None:
            if found.forsaken:
                uow.run(_BURY, jobs=list(found.forsaken))
            _defer(uow, found.missing)

        await self._work.do(mend)


@dataclass(frozen=True, slots=True)
class _Making:
    """Makes an engine on one database."""

    kind: type[ProcrastinateEngine]
    database: Database
    pace: Pace | None

    def __call__(self, drain: Drain, due_keys: DueKeys, work: Work) -> ProcrastinateEngine:
        return self.kind(drain, due_keys, work, self.database, self.pace)


def _defer(uow: UnitOfWork, keys: Collection[str]) -> None:
    """Write jobs for `keys`; where somebody else has just written one, hold on to theirs."""
    left = sorted(keys)  # in order, so that two units never wait for each other
    for _ in range(_DEFER_TRIES):
        if not left:
            return
        served = {key for (key,) in uow.run(_DEFER, keys=left, queues=list(map(_queue, left)))}
        left = [key for key in left if key not in served]
    log.info("engine.left_to_sweeper", keys=len(left))


def _queue(key: str) -> str:
    """Return what shares its hands with `key`: all conversations, or a kind of channel.

    Each worker listens on a connection of its own, so a hundred group robots share one: each
    has a single lane and never needs more than one hand.
    """
    book, _, rest = key.partition(":")
    return _IN if book == _IN else f"{book}:{rest.partition(':')[0].partition('.')[0]}"


def _fitting(keys: Iterable[str], waiting: Counter[str]) -> Iterator[str]:
    """Yield the keys for which there is room in their queues; counts them as `waiting`."""
    for key in keys:
        queue = _queue(key)
        if waiting[queue] < _MOST_JOBS:
            waiting[queue] += 1
            yield key


def _ids(jobs: Iterable[Row]) -> Iterable[int]:
    return (integer(job[0]) for job in jobs)


def _app(database: Database) -> "App":
    try:
        from procrastinate import App, PsycopgConnector  # noqa: PLC0415 - an extra
        from psycopg_pool import AsyncConnectionPool  # noqa: PLC0415 - an extra
    except ImportError:
        message = "PostgreSQL needs libraries that are not installed"
        hint = 'pip install "wecom-community-bot[postgres]"'
        raise ConfigError([Problem("[database]", 1, "missing-library", message, hint)]) from None

    def make_pool(**options: Any) -> AsyncConnectionPool:
        return AsyncConnectionPool(**(options | {"check": _refuse_dead}))

    address = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    connector = PsycopgConnector(
        pool_factory=make_pool,
        conninfo=address,
        min_size=1,
        max_size=8,
        timeout=5.0,
        configure=_configure,
    )
    return App(connector=connector)


async def _configure(connection: Any) -> None:
    """Prepare a connection that only moves hints: no flush, no transaction around each query."""
    await connection.set_autocommit(True)
    await connection.execute("SET synchronous_commit TO off")


async def _refuse_dead(connection: Any) -> None:
    if hung_up(connection.fileno()):
        await connection.close()  # else the pool would take it back as a good one
        raise ConnectionError("the server has hung up")

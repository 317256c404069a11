"""Runs units of work: many share one commit, each is all-or-nothing by itself.

A use case may be run more than once, when what shared its commit was taken back; only the
last run counts.

The disk is asked once for everything that queued while it was last busy (group commit), so
a busy house pays a fraction of a disk flush for a message and a quiet one waits for nobody.
SQLite has one writer thread. PostgreSQL has several, with one unit of work per commit,
because there the server itself groups commits and rows locked longer would collide.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from sqlalchemy.exc import DBAPIError

from bot.kernel.clock import Clock
from bot.kernel.errors import CannotStore
from bot.kernel.work import UnitOfWork
from bot.storage.db import Database, OpenConnection

log = structlog.get_logger(__name__)
T = TypeVar("T")
Settle = Callable[[UnitOfWork], None]

_BATCH = 64
_LOOP_BUSY_S = 0.005
"""A commit waits no longer than this for more to come; a quiet loop asks within microseconds."""
_POSTGRES_THREADS = 4
_COLLISIONS = ("40001", "40P01")  # serialization failure, deadlock: the same work again is fine
_COLLISION_TRIES = 5
_STATEMENT_FAILED = {
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_CONSTRAINT,
    sqlite3.SQLITE_MISMATCH,
    sqlite3.SQLITE_MISUSE,
    sqlite3.SQLITE_RANGE,
    sqlite3.SQLITE_TOOBIG,
}
"""SQLite's primary result codes for a wrong statement or value; all others are trouble."""
_SERVER_FAILED = ("08", "25006", "40", "53", "55P03", "57", "58", "XX")
"""PostgreSQL's, by how they begin: connection, became read-only, collision, no resources,
lock not available, operator intervenes, system, internal."""


@dataclass(slots=True)
class _Task:
    use_case: Callable[[UnitOfWork], Any]
    future: "asyncio.Future[Any]"
    uow: UnitOfWork | None = None
    result: Any = None
    error: BaseException | None = None


class _Undone(Exception):
    """A unit of work failed by itself; its error is kept for its caller."""


class Writer:
    """Implements the kernel's `Work` on a database."""

    def __init__(self, database: Database, clock: Clock, settle: Settle | None = None) -> None:
        self._database = database
        self._clock = clock
        self.settle: Settle = settle or (lambda _uow: None)
        self._batch = _BATCH if database.is_sqlite else 1
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._write, name=f"writer-{number}", daemon=True)
            for number in range(1 if database.is_sqlite else _POSTGRES_THREADS)
        ]
        self._readers = ThreadPoolExecutor(2, thread_name_prefix="reader")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._open = False
        self._heard = threading.Event()

    async def start(self) -> None:
        """Start the threads; results come back to the running loop."""
        self._loop = asyncio.get_running_loop()
        self._open = True
        for thread in self._threads:
            thread.start()

    async def stop(self) -> None:
        """Finish what is queued, then end the threads."""
        self._open = False
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join)
        self._readers.shutdown()

    async def do(self, use_case: Callable[[UnitOfWork], T]) -> T:
        """Run `use_case` all-or-nothing; return its result after the commit.

        Raises:
            CannotStore: the database takes no writes now.
        """
        if self._loop is None or not self._open:
            raise CannotStore("the writer is not running")
        future: asyncio.Future[T] = self._loop.create_future()
        self._tasks.put(_Task(use_case, future))
        return await future

    async def look(self, question: Callable[[UnitOfWork], T]) -> T:
        """Run a question that changes nothing; never waits for a writer."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._read, question)

    def _read(self, question: Callable[[UnitOfWork], T]) -> T:
        try:
            with self._database.reading() as connection:
                return question(UnitOfWork(connection, self._clock))
        except Exception as exc:
            if _is_database_failure(exc):
                raise CannotStore(f"cannot read: {_cause(exc)}") from exc
            raise

    # ── the writer thread ───────────────────────────────────────────────────────────────

    def _write(self) -> None:
        while True:
            tasks, last = self._take()
            if tasks:
                self._commit(tasks)
            if last:
                return
            if self._batch > 1:
                self._heard.wait(_LOOP_BUSY_S)

    def _take(self) -> tuple[list[_Task], bool]:
        """Wait for work; return what is queued and whether it is the last."""
        task = self._tasks.get()
        tasks: list[_Task] = []
        while task is not None:
            tasks.append(task)
            if len(tasks) == self._batch:
                return tasks, False
            try:
                task = self._tasks.get_nowait()
            except queue.Empty:
                return tasks, False
        return tasks, True

    def _commit(self, tasks: Sequence[_Task]) -> None:
        """Work in one transaction; when a unit of work fails, again with a fence around each.

        A savepoint costs as much as a statement, and hardly any unit fails.
        """
        run = self._work
        for tried in range(1, _COLLISION_TRIES + 1):
            try:
                with self._database.writing() as connection:
                    for task in tasks:
                        run(task, connection)
                self._forget(tasks)
                break
            except _Undone:
                if len(tasks) == 1:
                    break
                run = self._run
            except Exception as exc:  # noqa: BLE001 - whatever it is, somebody waits for an answer
                if _collided(exc) and tried < _COLLISION_TRIES:
                    continue
                log.warning("writer.failed", units=len(tasks), error=type(exc).__name__)
                for task in tasks:
                    task.error = CannotStore(f"nothing was stored: {_cause(exc)}")
                break
        if self._loop is not None:
            self._heard.clear()
            self._loop.call_soon_threadsafe(self._tell, self._loop, tasks)

    def _tell(self, loop: asyncio.AbstractEventLoop, tasks: Sequence[_Task]) -> None:
        """Give out the results, and let the thread go on when all have made use of theirs.

        What they ask for next then shares a commit, instead of the first few having one alone.
        """
        _answer(tasks)
        loop.call_soon(self._heard.set)

    def _forget(self, tasks: Sequence[_Task]) -> None:
        """See to it that the words of somebody who was deleted are gone from the disk."""
        if any(task.uow.wipes for task in tasks if task.uow is not None and not task.error):
            try:
                self._database.forget_log()
            except (DBAPIError, sqlite3.Error) as exc:  # it is committed all the same
                log.warning("writer.log_kept", error=type(exc).__name__)

    def _run(self, task: _Task, connection: OpenConnection) -> None:
        """Run one of several units of work inside its own savepoint.

        A failure of the use case is kept for its caller; a failure of the database ends the
        whole batch, because SQLite may have rolled everything back already.
        """
        connection.execute("SAVEPOINT unit")
        try:
            self._work(task, connection)
        except _Undone:
            connection.execute("ROLLBACK TO unit")
        connection.execute("RELEASE unit")

    def _work(self, task: _Task, connection: OpenConnection) -> None:
        """Run a unit of work.

        Raises:
            _Undone: its use case failed, and what it wrote must be taken back.
        """
        task.error = None
        task.uow = uow = UnitOfWork(connection, self._clock)
        try:
            task.result = task.use_case(uow)
            self.settle(uow)
            uow.flush()
        except Exception as exc:
            if _is_database_failure(exc):
                raise
            task.error = exc
            raise _Undone from exc
        finally:
            uow.close()


def _answer(tasks: Sequence[_Task]) -> None:
    """Tell the waiting coroutines; runs in the event loop, after the commit."""
    for task in tasks:
        if task.error is None and task.uow is not None:
            for hook in task.uow.hooks:
                try:
                    hook()
                except Exception:
                    log.exception("writer.hook_failed")  # the others must hear their answers
        if task.future.done():
            continue  # whoever asked has given up; the work is done all the same
        if task.error is None:
            task.future.set_result(task.result)
        else:
            task.future.set_exception(task.error)


def _cause(exc: BaseException) -> str:
    lines = str(_origin(exc)).splitlines() or [type(exc).__name__]
    return lines[0][:200]


def _origin(exc: BaseException) -> BaseException:
    return exc.orig if isinstance(exc, DBAPIError) and exc.orig is not None else exc


def _is_database_failure(exc: BaseException) -> bool:
    """Return True when the database itself is in trouble, not the statement.

    SQLite may have rolled everything back by then, and whoever takes back an attempt finds no
    savepoint any more: the trouble that came before such an error decides.
    """
    return any(_is_trouble(_origin(one)) for one in _with_earlier(exc))


def _with_earlier(exc: BaseException | None) -> Iterator[BaseException]:
    while exc is not None:
        yield exc
        exc = exc.__context__


def _is_trouble(origin: BaseException) -> bool:
    if isinstance(origin, sqlite3.Error):
        code: int | None = getattr(origin, "sqlite_errorcode", None)
        return code is not None and code & 0xFF not in _STATEMENT_FAILED
    state: str | None = getattr(origin, "sqlstate", None)
    if state is not None:
        return state.startswith(_SERVER_FAILED)
    return any(kind.__name__ == "OperationalError" for kind in type(origin).__mro__)


def _collided(exc: BaseException) -> bool:
    return getattr(_origin(exc), "sqlstate", None) in _COLLISIONS

"""The database: connections that mean the same on SQLite and on PostgreSQL."""

import select
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy import Connection as AlchemyConnection
from sqlalchemy.exc import DisconnectionError, OperationalError

from bot.kernel.work import Row, Statement
from bot.storage.prepared import Prepared, Tells, for_postgres, for_sqlite

if TYPE_CHECKING:
    from sqlmodel import Session

_WAIT_S = 4.0  # for a lock: below the 5 s after which WeCom asks again (path/90238, 2026-07)
_PATIENCE_POSTGRES = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
    "application_name": "bot",
}
"""A server that has vanished is noticed in seconds, not in the hours that TCP grants."""
_FROZEN_S = 10.0  # between two statements of a unit of work, which never waits, lie microseconds


_TAKE_TURNS = Statement(
    "SELECT pg_advisory_xact_lock(turn) FROM (SELECT DISTINCT hashtextextended(key, 0) AS turn"
    " FROM unnest(CAST(:keys AS text[])) AS key ORDER BY turn) AS turns"
)


class OpenConnection:
    """One open transaction; implements the kernel's `Connection`."""

    def __init__(
        self, connection: AlchemyConnection, prepared: dict[Statement, Prepared], quiet: Engine
    ) -> None:
        self.alchemy = connection
        self._quiet = quiet
        self._driver = cast("Any", connection.connection.driver_connection)
        self._cursor = self._driver.cursor()
        self._prepared = prepared
        self._is_sqlite = connection.dialect.name == "sqlite"
        self._writes = 0

    def run(self, statement: Statement, values: Mapping[str, object]) -> list[Row]:
        """Execute one statement through the plain driver and return its rows."""
        prepared = self._prepared.get(statement) or self._prepare(statement)
        cursor = self._cursor
        cursor.execute(prepared.text, prepared.pick(values))
        if prepared.tells is Tells.ROWS:
            rows = cursor.fetchall() if cursor.description else []
            if not self._is_sqlite and cursor.rowcount and cursor.statusmessage[:6] != "SELECT":
                self._writes += 1
            return rows
        return [(cursor.lastrowid if prepared.tells is Tells.ID else 1,)] * cursor.rowcount

    def execute(self, sql: str) -> None:
        """Execute a bare command, such as a savepoint."""
        self._cursor.execute(sql)

    def changes(self) -> int:
        """Return a number that stays the same for as long as nothing is written.

        SQLite's driver counts the rows that were written; PostgreSQL's does not, so there we count
        the statements that wrote some.
        """
        return self._driver.total_changes if self._is_sqlite else self._writes

    def take_turns(self, keys: Collection[str]) -> None:
        """Wait until no other open transaction has one of `keys`, and keep them to the end.

        SQLite has one writing transaction at a time, so there it is our turn already. Locks
        are taken in one order, so that two transactions never wait for each other.
        """
        if keys and not self._is_sqlite:
            self.run(_TAKE_TURNS, {"keys": list(keys)})

    def command(self, sql: str) -> None:
        """Begin or commit; whatever fails is undone.

        Raises:
            OperationalError: the database is in trouble.
        """
        try:
            self._cursor.execute(sql)
        except sqlite3.Error as exc:
            self.roll_back()
            raise OperationalError(sql, {}, exc) from exc

    def roll_back(self) -> None:
        """Undo everything since the beginning, if it has begun."""
        self._driver.rollback()

    def session(self) -> "Session":
        """Open an ORM session inside the same transaction, which it can neither end nor lose.

        A session rolls back by itself when a flush fails. Here that would take the units of
        work along that share the commit, so it speaks through a twin of our connection.
        """
        from sqlmodel import Session  # noqa: PLC0415 - no running house needs it

        return Session(bind=AlchemyConnection(self._quiet, self.alchemy.connection))

    def _prepare(self, statement: Statement) -> Prepared:
        prepare = for_sqlite if self._is_sqlite else for_postgres
        return self._prepared.setdefault(statement, prepare(statement))


class Database:
    """Opens transactions. Writing ones take the write lock at once on SQLite.

    What a writing transaction has committed survives a power cut (`synchronous=FULL` on
    SQLite, the server's default on PostgreSQL).

    Args:
        url: where it is, in SQLAlchemy's or libpq's words.
        wait_s: how long to wait for somebody else's lock before giving up.
        frozen_s: after how long PostgreSQL takes the locks from a process that stands still in
            the middle of a transaction, because the others wait for them.
    """

    def __init__(self, url: str, *, wait_s: float = _WAIT_S, frozen_s: float = _FROZEN_S) -> None:
        self.url = _driver_url(url)
        self._wait_ms = round(wait_s * 1000)
        self._frozen_ms = round(frozen_s * 1000)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._prepared: dict[Statement, Prepared] = {}
        self._kept: list[OpenConnection] = []
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        self._writing = self._engine("BEGIN IMMEDIATE")
        self._reading = self._engine("BEGIN", isolation="REPEATABLE READ")

    def _engine(self, begin: str, *, isolation: str = "READ COMMITTED") -> Engine:
        if not self.is_sqlite:
            patience = {k: v for k, v in _PATIENCE_POSTGRES.items() if k not in self.url.query}
            engine = create_engine(self.url, isolation_level=isolation, connect_args=patience)
            event.listen(
                engine, "connect", partial(_prepare_postgres, self._wait_ms, self._frozen_ms)
            )
            event.listen(engine, "checkout", _replace_dead)
            return engine
        engine = create_engine(self.url, connect_args={"check_same_thread": False})
        event.listen(engine, "connect", partial(_prepare_sqlite, self._wait_ms))
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
        return engine

    @cached_property
    def _quiet(self) -> Engine:
        """The engine under ORM sessions: it begins, commits and rolls back nothing.

        Asked for once a connection is open, because until then the dialect knows nothing
        of the server.
        """
        dialect = copy(self._writing.dialect)
        for name in ("do_begin", "do_commit", "do_rollback"):
            setattr(dialect, name, lambda _connection: None)
        return Engine(self._writing.pool, dialect, self.url)

    @property
    def engine(self) -> Engine:
        """The engine that writes, for migrations."""
        return self._writing

    @contextmanager
    def writing(self) -> Iterator[OpenConnection]:
        """Open a transaction that commits at the end of the block, or not at all."""
        if self.is_sqlite:
            with self._kept_open() as opened:
                yield opened
            return
        with self._writing.begin() as connection:
            yield OpenConnection(connection, self._prepared, self._quiet)

    @contextmanager
    def _kept_open(self) -> Iterator[OpenConnection]:
        """Open a writing transaction on a connection that is kept.

        Through the engine it would cost as much as one or two messages: a check-out, a
        dialogue of events, a check-in with a rollback of nothing.
        """
        opened = self._kept.pop() if self._kept else self._keep()
        try:
            opened.command("BEGIN IMMEDIATE")
            try:
                yield opened
            except BaseException:
                opened.roll_back()
                raise
            opened.command("COMMIT")
        finally:
            self._kept.append(opened)

    def _keep(self) -> OpenConnection:
        with self._writing.connect():
            """The dialect learns about the server when the first connection opens."""
        connection = AlchemyConnection(self._quiet, self._writing.raw_connection())
        return OpenConnection(connection, self._prepared, self._quiet)

    def forget_log(self) -> None:
        """Empty SQLite's write-ahead log, where deleted words stand until it is reused.

        A reader may be in the way; then the next time does it.
        """
        if not self.is_sqlite:
            return
        with self._writing.connect() as connection:
            cursor = connection.connection.cursor()
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.close()

    @contextmanager
    def reading(self) -> Iterator[OpenConnection]:
        """Open a transaction that sees one moment and changes nothing."""
        with self._reading.connect() as connection, connection.begin() as transaction:
            yield OpenConnection(connection, self._prepared, self._quiet)
            transaction.rollback()

    def close(self) -> None:
        """Close all connections."""
        while self._kept:
            self._kept.pop().alchemy.close()
        self._writing.dispose()
        self._reading.dispose()


def _driver_url(url: str) -> URL:
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    return parsed


def _prepare_sqlite(wait_ms: int, connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where we say so
    for pragma in (
        f"busy_timeout={wait_ms}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",  # who asks to be forgotten is overwritten, not only unlinked
        "temp_store=MEMORY",
        "cache_size=-65536",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_postgres(wait_ms: int, frozen_ms: int, connection: Any, _record: object) -> None:
    connection.execute(
        f"SET lock_timeout = {wait_ms}; SET idle_in_transaction_session_timeout = {frozen_ms}"
    )
    connection.commit()


def hung_up(socket: int) -> bool:
    """Return True when something arrived while nobody had asked: the server's farewell.

    Costs no round trip, as a ping before each unit of work would.
    """
    watch = select.poll()
    watch.register(socket, select.POLLIN)
    return bool(watch.poll(0))


def _replace_dead(connection: Any, _record: object, _proxy: object) -> None:
    if hung_up(connection.fileno()):
        raise DisconnectionError("the server has hung up")


def explain(connection: OpenConnection, statement: Statement, values: Mapping[str, object]) -> str:
    """Return the query plan of a statement as text, for the tests that watch the hot ones."""
    how = "EXPLAIN QUERY PLAN " if connection.alchemy.dialect.name == "sqlite" else "EXPLAIN "
    rows = connection.run(Statement(how + statement.sql), values)
    return "\n".join(str(row[-1]) for row in rows)

"""The database: connections that mean the same on SQLite and on PostgreSQL."""

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy import Connection as AlchemyConnection
from sqlmodel import Session, SQLModel

from bot.kernel.work import Row, Statement

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

_PARAMETER = re.compile(r"(?<!:):([a-z_]\w*)")
_BUSY_MS = 5000


class OpenConnection:
    """One open transaction; implements the kernel's `Connection`."""

    def __init__(self, connection: AlchemyConnection, texts: dict[Statement, str]) -> None:
        self.alchemy = connection
        self._cursor = cast("Any", connection.connection.driver_connection).cursor()
        self._texts = texts
        self._translate = connection.dialect.name == "postgresql"

    def run(self, statement: Statement, values: Mapping[str, object]) -> list[Row]:
        """Execute one statement through the plain driver and return its rows."""
        self._cursor.execute(self._text(statement), values)
        return self._cursor.fetchall() if self._cursor.description else []

    def execute(self, sql: str) -> None:
        """Execute a bare command, such as a savepoint."""
        self._cursor.execute(sql)

    def session(self) -> Session:
        """Open an ORM session inside the same transaction."""
        return Session(bind=self.alchemy, join_transaction_mode="rollback_only")

    def _text(self, statement: Statement) -> str:
        if not self._translate:
            return statement.sql
        text = self._texts.get(statement)
        if text is None:
            text = _PARAMETER.sub(r"%(\1)s", statement.sql.replace("%", "%%"))
            self._texts[statement] = text
        return text


class Database:
    """Opens transactions. Writing ones take the write lock at once on SQLite.

    What a writing transaction has committed survives a power cut (`synchronous=FULL` on
    SQLite, the server's default on PostgreSQL).
    """

    def __init__(self, url: str) -> None:
        self.url = _driver_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._texts: dict[Statement, str] = {}
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        self._writing = self._engine("BEGIN IMMEDIATE")
        self._reading = self._engine("BEGIN")

    def _engine(self, begin: str) -> Engine:
        if not self.is_sqlite:
            return create_engine(self.url, pool_pre_ping=True)
        engine = create_engine(self.url, connect_args={"check_same_thread": False})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
        return engine

    @property
    def engine(self) -> Engine:
        """The engine that writes, for migrations."""
        return self._writing

    @contextmanager
    def writing(self) -> Iterator[OpenConnection]:
        """Open a transaction that commits at the end of the block, or not at all."""
        with self._writing.begin() as connection:
            yield OpenConnection(connection, self._texts)

    @contextmanager
    def reading(self) -> Iterator[OpenConnection]:
        """Open a transaction that sees one moment and changes nothing."""
        with self._reading.connect() as connection, connection.begin() as transaction:
            yield OpenConnection(connection, self._texts)
            transaction.rollback()

    def close(self) -> None:
        """Close all connections."""
        self._writing.dispose()
        self._reading.dispose()


def _driver_url(url: str) -> URL:
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    return parsed


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where we say so
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={_BUSY_MS}",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "cache_size=-65536",
    ):
        connection.execute(f"PRAGMA {pragma}")


def tables() -> Sequence[str]:
    """Return the names of all tables that the imported rooms declare."""
    return sorted(SQLModel.metadata.tables)


def explain(connection: OpenConnection, statement: Statement, values: Mapping[str, object]) -> str:
    """Return the query plan of a statement as text, for the tests that watch the hot ones."""
    how = "EXPLAIN QUERY PLAN " if connection.alchemy.dialect.name == "sqlite" else "EXPLAIN "
    rows = connection.run(Statement(how + statement.sql), values)
    return "\n".join(str(row[-1]) for row in rows)

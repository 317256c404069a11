"""One room on a real SQLite file, with a clock that tests can turn."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from bot.app.tables import declare_all
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.db import Database, OpenConnection, explain
from tests.kit.tables import furnished

T = TypeVar("T")

NOON = datetime(2026, 8, 24, 4, 0, tzinfo=UTC)
"""A Monday noon in Shanghai."""


class TurnedClock:
    """Stands still until a test turns it."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def tick(self, **how_long: float) -> datetime:
        """Turn the clock forward by `timedelta(**how_long)` and return the new time."""
        self.at += timedelta(**how_long)
        return self.at


class Store:
    """A fresh database with all tables, and units of work on it.

    Without an address it is a SQLite file in `folder`.
    """

    def __init__(self, folder: Path, url: str = "") -> None:
        self.clock = TurnedClock()
        self.database = Database(url or furnished(folder / "bot.sqlite3"))
        declare_all()

    @contextmanager
    def unit(self) -> Iterator[UnitOfWork]:
        """Open a unit of work that is committed at the end of the block."""
        with self.database.writing() as connection:
            uow = UnitOfWork(connection, self.clock)
            yield uow
            uow.flush()
            uow.close()

    def do(self, use_case: Callable[[UnitOfWork], T]) -> T:
        """Run a use case in a unit of work of its own."""
        with self.unit() as uow:
            return use_case(uow)

    def statements_of(self, use_case: Callable[[UnitOfWork], object]) -> list[Statement]:
        """Run a use case and return the statements that it ran."""
        with self.database.writing() as connection:
            counted = CountedConnection(connection)
            use_case(UnitOfWork(counted, self.clock))
        return counted.statements

    def count(self, table: str) -> int:
        """Return the number of rows of a table."""
        with self.unit() as uow:
            return int(str(uow.run(Statement(f"SELECT COUNT(*) FROM {table}"))[0][0]))

    def audited(self) -> list[tuple[str, str]]:
        """Return who did what, as it stands in the audit, in order."""
        with self.unit() as uow:
            rows = uow.run(Statement("SELECT who, what FROM audit ORDER BY id"))
        return [(str(who), str(what)) for who, what in rows]

    def plan(self, statement: Statement, **values: object) -> str:
        """Return the query plan of a statement."""
        with self.database.reading() as connection:
            return explain(connection, statement, values)

    def close(self) -> None:
        """Close the database."""
        self.database.close()


class CountedConnection:
    """Passes statements on and remembers them."""

    def __init__(self, connection: OpenConnection) -> None:
        self._connection = connection
        self.statements: list[Statement] = []
        self.session = connection.session
        self.execute = connection.execute
        self.take_turns = connection.take_turns
        self.changes = connection.changes

    def run(self, statement: Statement, values: Mapping[str, object]) -> list[Row]:
        self.statements.append(statement)
        return self._connection.run(statement, values)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Offer a fresh database; closed at the end of the test."""
    opened = Store(tmp_path)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store_on_both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Offer a fresh database, once on SQLite and once on PostgreSQL."""
    url = request.getfixturevalue("postgres") if request.param == "postgres" else ""
    opened = Store(tmp_path, url)
    yield opened
    opened.close()

"""Every test here may ask for a database: on SQLite and on PostgreSQL in turn."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.app.tables import declare_all
from bot.storage.db import Database
from bot.storage.writer import Writer
from tests.kit.rooms import TurnedClock

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Offer the address of a database without tables, on each of the two."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'bot.sqlite3'}"
    url: str = request.getfixturevalue("empty_postgres")
    return url


@pytest.fixture
def database(empty_url: str) -> Iterator[Database]:
    """Offer a database without tables, on each of the two."""
    declare_all()
    opened = Database(empty_url, wait_s=0.3)
    yield opened
    opened.close()


@pytest.fixture
async def writer(database: Database) -> AsyncIterator[Writer]:
    """Offer a running writer on a database with the table `notes`."""
    with database.writing() as connection:
        number = "INTEGER" if database.is_sqlite else "BIGSERIAL"
        connection.execute(f"CREATE TABLE notes (id {number} PRIMARY KEY, text TEXT UNIQUE)")
    running = Writer(database, TurnedClock())
    await running.start()
    yield running
    await running.stop()

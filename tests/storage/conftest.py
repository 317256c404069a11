"""Every test here may ask for a database: on SQLite, on PostgreSQL, or on both in turn."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.storage.db import Database
from tests.kit.postgres import cluster, empty_postgres, postgres, template
from tests.kit.tables import declare_all

__all__ = ["cluster", "database", "empty_postgres", "empty_url", "postgres", "template"]

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
    opened = Database(empty_url)
    yield opened
    opened.close()

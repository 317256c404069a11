"""Brings a database to the schema that this program knows, and refuses one from the future.

The common cases are quick: a database that is up to date is found out by one query, a new file
gets the newest schema at once. Alembic is only imported when there is work for it.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from bot.kernel.errors import ConfigError, Problem
from bot.storage import newest
from bot.storage.db import Database

if TYPE_CHECKING:
    from alembic.config import Config

REVISIONS = tuple(f"{number:04}" for number in range(1, 44))
"""All revisions, oldest first. A test compares them with the files in `migrations/versions`."""
HEAD = REVISIONS[-1]
BASE = "base"

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 7_262_638  # any number that nobody else uses in this database


class State(StrEnum):
    """How a database's schema compares with the one that this program knows."""

    EMPTY = "empty"
    OLD = "old"
    CURRENT = "current"
    NEWER = "newer"


def state(database: Database) -> State:
    """Compare a database's schema with ours; changes nothing.

    Raises:
        ConfigError: the database can't be opened.
    """
    revision = _revision(database)
    if revision is None:
        return State.EMPTY
    if revision == HEAD:
        return State.CURRENT
    return State.OLD if revision in REVISIONS else State.NEWER


def upgrade(database: Database) -> State:
    """Bring a database to the newest schema; return the state that it was found in.

    Raises:
        ConfigError: a newer version of this program has been at it, or it can't be opened.
    """
    found = state(database)
    if found is State.CURRENT:
        return found
    if found is State.NEWER:
        raise _newer(database)
    if found is State.EMPTY and database.is_sqlite:
        newest.make(database)
    if state(database) is not State.CURRENT:
        run_revisions(database)
    return found


def run_revisions(database: Database) -> None:
    """Run the revisions that a database has not seen, one after the other."""
    from alembic import command  # noqa: PLC0415 - see the module's docstring

    _run(database, lambda config: command.upgrade(config, "head"))


def downgrade(database: Database, to: str) -> None:
    """Take a database back to revision `to`, or to `BASE`, which is empty.

    Raises:
        ConfigError: a newer version of this program has been at it, or it can't be opened.
    """
    if state(database) is State.NEWER:
        raise _newer(database)
    from alembic import command  # noqa: PLC0415 - see the module's docstring

    _run(database, lambda config: command.downgrade(config, to))


def differences(database: Database) -> Sequence[object]:
    """Return what the imported tables and the database disagree on, in Alembic's words."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415 - seldom wanted
    from alembic.migration import MigrationContext  # noqa: PLC0415 - likewise

    from bot.storage.schema import TABLES  # noqa: PLC0415 - brings the ORM

    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": is_ours})
        found: Sequence[object] = compare_metadata(context, TABLES)
    return found


def draft(database: Database, words: str) -> None:
    """Write the next revision from the difference between the tables and the database.

    For whoever adds a table. The draft is read, corrected and formatted by hand, and its
    number is added to `REVISIONS`.
    """
    from alembic import command  # noqa: PLC0415 - see the module's docstring

    number = f"{len(REVISIONS) + 1:04}"
    _run(
        database,
        lambda config: command.revision(config, words, autogenerate=True, rev_id=number),
    )


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Return False for the tables that another library brings and keeps in order itself."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


def spoken(url: URL) -> str:
    """Return a database's address as it may be shown: without its password."""
    secret = [key for key in url.query if "pass" in key]
    shown = url.set(drivername=url.get_backend_name()).difference_update_query(secret)
    return shown._replace(password=None).render_as_string()


def _revision(database: Database) -> str | None:
    file = database.url.database
    if database.is_sqlite and file and file != ":memory:" and not Path(file).exists():
        return None  # looking must not create the file
    try:
        with database.reading() as connection:
            if not inspect(connection.alchemy).has_table("alembic_version"):
                return None
            row = connection.alchemy.execute(
                text("SELECT version_num FROM alembic_version")
            ).first()
            return str(row[0]) if row else None
    except DBAPIError as exc:
        said = str(exc.orig).strip().splitlines()[0]
        raise _problem(database, "database", f"the database can't be opened: {said}") from None


def _run(database: Database, order: Callable[["Config"], object]) -> None:
    from alembic.config import Config  # noqa: PLC0415 - see the module's docstring

    from bot.storage.schema import TABLES  # noqa: PLC0415 - brings the ORM

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    with _alone(database) as connection:
        config.attributes["connection"] = connection
        config.attributes["metadata"] = TABLES
        order(config)


@contextmanager
def _alone(database: Database) -> Iterator[Connection]:
    """Open one transaction for the whole migration; a second migration waits for its end.

    SQLite copies a table to change it. With foreign keys on, dropping the old copy would
    delete the rows that point to it, so they are off meanwhile and checked at the end.
    """
    with database.engine.connect() as connection:
        if database.is_sqlite:
            _plainly(connection, "PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                if not database.is_sqlite:
                    connection.execute(text("SET LOCAL lock_timeout = 0"))
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
                yield connection
                if (
                    database.is_sqlite
                    and connection.execute(text("PRAGMA foreign_key_check")).all()
                ):
                    raise _problem(
                        database, "foreign-key", "the migration leaves broken references"
                    )
        finally:
            if database.is_sqlite:
                _plainly(connection, "PRAGMA foreign_keys=ON")


def _plainly(connection: Connection, sql: str) -> None:
    """Execute without SQLAlchemy, which would begin a transaction first."""
    cursor = connection.connection.cursor()
    cursor.execute(sql)
    cursor.close()


def _newer(database: Database) -> ConfigError:
    message = (
        f"the database is at revision {_revision(database)}, this program knows revisions up"
        f" to {HEAD}: a newer version has been at it"
    )
    hint = "install that version again, or restore the backup made before the upgrade"
    return _problem(database, "newer-database", message, hint)


def _problem(database: Database, rule: str, message: str, hint: str = "") -> ConfigError:
    return ConfigError([Problem(spoken(database.url), 1, rule, message, hint)])

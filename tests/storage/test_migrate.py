"""Schemas go up and down on both databases, and one from the future is left alone."""

from pathlib import Path

import pytest

from bot.kernel.errors import ConfigError
from bot.kernel.work import Statement
from bot.storage import migrate
from bot.storage.db import Database
from bot.storage.migrate import BASE, State, differences, downgrade, state, upgrade
from bot.storage.schema import TABLES
from tests.kit.fresh import imported_by


def set_revision(database: Database, revision: str) -> None:
    with database.writing() as connection:
        connection.run(Statement("UPDATE alembic_version SET version_num = :to"), {"to": revision})


def test_the_schema_goes_up_and_down_and_up_again(database: Database) -> None:
    assert upgrade(database) is State.EMPTY
    assert differences(database) == []
    downgrade(database, BASE)
    assert state(database) is State.EMPTY
    upgrade(database)
    assert differences(database) == []
    assert state(database) is State.CURRENT


def test_base_leaves_nothing_behind(database: Database) -> None:
    upgrade(database)
    downgrade(database, BASE)

    with database.reading() as connection:
        left = (
            "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite%'"
            if database.is_sqlite
            else "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " UNION SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            " UNION SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace"
        )
        names = {str(name) for (name,) in connection.run(Statement(left), {})}
    assert {name for name in names if "alembic_version" not in name} == set()


def test_the_known_revisions_are_the_files() -> None:
    folder = Path(migrate.__file__).parent / "migrations" / "versions"
    files = sorted(file.name.partition("_")[0] for file in folder.glob("0*.py"))

    assert list(migrate.REVISIONS) == files


def test_an_upgrade_of_what_is_current_does_nothing(database: Database) -> None:
    upgrade(database)

    assert upgrade(database) is State.CURRENT


def test_a_current_database_costs_no_import_of_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bot.sqlite3'}"
    database = Database(url)
    upgrade(database)
    database.close()
    modules = imported_by(
        "from bot.storage.db import Database\nfrom bot.storage.migrate import upgrade\n"
        f"upgrade(Database({url!r}))"
    )

    assert "alembic" not in modules


def test_looking_at_a_database_that_is_not_there_does_not_make_it(tmp_path: Path) -> None:
    file = tmp_path / "bot.sqlite3"

    assert state(Database(f"sqlite:///{file}")) is State.EMPTY
    assert not file.exists()


def test_a_database_from_a_newer_version_is_refused(database: Database) -> None:
    upgrade(database)
    set_revision(database, "9999")

    assert state(database) is State.NEWER
    with pytest.raises(ConfigError, match=r"newer-database.*9999.*newer version") as caught:
        upgrade(database)
    assert caught.value.problems[0].rule == "newer-database"
    with pytest.raises(ConfigError, match="newer-database"):
        downgrade(database, BASE)


def test_an_older_database_is_told_from_a_newer_one(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade(database)
    monkeypatch.setattr(migrate, "REVISIONS", (*migrate.REVISIONS, "0999"))
    monkeypatch.setattr(migrate, "HEAD", "0999")

    assert state(database) is State.OLD


def test_what_is_no_database_is_said_so(tmp_path: Path) -> None:
    file = tmp_path / "bot.sqlite3"
    file.write_text("no database at all, only words " * 99)
    database = Database(f"sqlite:///{file}")

    with pytest.raises(ConfigError, match=r"bot\.sqlite3.*file is not a database"):
        state(database)
    database.close()


def test_an_address_is_shown_without_its_password() -> None:
    database = Database("postgresql://bot:s3cret@db.example:5432/bot?sslpassword=s3cret")

    shown = migrate.spoken(database.url)
    assert "s3cret" not in shown
    assert "bot@db.example:5432/bot" in shown


def test_rooms_declare_tables(database: Database) -> None:
    upgrade(database)

    assert {"inbox", "outbox", "members", "point_entries"} <= set(TABLES.tables)

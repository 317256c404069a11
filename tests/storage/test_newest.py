"""A new SQLite file has at once what all revisions would have led to, and nothing else."""

from pathlib import Path

from bot.kernel.work import Statement
from bot.storage import newest
from bot.storage.db import Database
from bot.storage.migrate import HEAD, State, downgrade, run_revisions, state, upgrade
from tests.kit.fresh import imported_by


def new(folder: Path) -> Database:
    return Database(f"sqlite:///{folder / 'bot.sqlite3'}")


def rows_of(database: Database) -> dict[str, int]:
    with database.reading() as connection:
        made = Statement("SELECT name FROM sqlite_master WHERE type = 'table'")
        names = [str(name) for (name,) in connection.run(made, {})]
        return {name: len(connection.run(Statement(f"SELECT * FROM {name}"), {})) for name in names}


def test_the_script_is_what_the_revisions_lead_to(tmp_path: Path) -> None:
    database = new(tmp_path)
    run_revisions(database)

    hint = "write it again: .venv/bin/python -m tools.newest_schema"
    assert newest.script(database) == newest.FILE.read_text("utf-8"), hint


def test_a_schema_made_of_the_script_is_the_same_again(tmp_path: Path) -> None:
    database = new(tmp_path)

    newest.make(database)

    assert newest.script(database) == newest.FILE.read_text("utf-8")
    assert state(database) is State.CURRENT


def test_revisions_write_no_rows_that_a_script_would_lack(tmp_path: Path) -> None:
    database = new(tmp_path)
    run_revisions(database)

    assert {name: rows for name, rows in rows_of(database).items() if rows} == {
        "alembic_version": 1
    }


def test_a_new_file_costs_no_import_of_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bot.sqlite3'}"
    modules = imported_by(
        "from bot.storage.db import Database\nfrom bot.storage.migrate import upgrade\n"
        f"upgrade(Database({url!r}))"
    )

    assert state(Database(url)) is State.CURRENT
    assert modules.isdisjoint({"alembic", "sqlmodel"})


def test_what_an_old_script_lacks_is_run(tmp_path: Path) -> None:
    database = new(tmp_path)
    run_revisions(database)
    downgrade(database, "0028")

    newest.make(database)
    assert state(database) is State.OLD
    upgrade(database)

    assert newest.script(database).endswith(f"VALUES ('{HEAD}');\n")


def test_a_file_that_holds_anything_is_left_alone(tmp_path: Path) -> None:
    database = new(tmp_path)
    with database.writing() as connection:
        connection.execute("CREATE TABLE somebody_elses (id INTEGER)")

    newest.make(database)

    assert rows_of(database) == {"somebody_elses": 0}

"""The check-up of the house itself: database, folders."""

from bot import app as roof
from bot.app.doctor import examine
from bot.kernel.checkup import Level
from bot.storage import migrate
from bot.storage.db import Database
from tests.kit.clinic import HEAD, HIDDEN, NOBODY, Clinic, levels


async def test_a_house_without_doors_is_examined_and_left_as_it_was(clinic: Clinic) -> None:
    found = await clinic.finds()

    assert levels(found, "house") == {"database": "note", "data-folder": "ok", "timezone": "ok"}
    assert [path.name for path in clinic.folder.iterdir()] == ["config.toml"]


async def test_a_schema_is_current_old_or_newer(clinic: Clinic) -> None:
    database = Database(f"sqlite:///{clinic.folder / 'bot.sqlite3'}")
    migrate.upgrade(database)
    assert (await clinic.finds())["house", "database"].level is Level.OK

    migrate.downgrade(database, migrate.REVISIONS[0])
    database.close()
    old = (await clinic.finds())["house", "database"]

    assert (old.level, "bot run brings it up to date" in old.message) == (Level.NOTE, True)


async def test_a_file_that_is_no_database_is_a_problem(clinic: Clinic) -> None:
    (clinic.folder / "bot.sqlite3").write_text("hello" * 1000)
    found = (await clinic.finds())["house", "database"]

    assert found.level is Level.PROBLEM


async def test_a_database_server_that_is_down_is_an_outside_failure(clinic: Clinic) -> None:
    path = clinic.folder / "config.toml"
    url = "postgresql://bot@127.0.0.1:1/bot"
    path.write_text(HEAD.format(public=NOBODY).replace("sqlite:///bot.sqlite3", url))
    found = await examine(roof.read_config(path, HIDDEN), roof.make_words())

    assert found[0].finding.level is Level.OUTSIDE
    assert found[0].at == ("database", "url")


async def test_a_file_in_the_place_of_the_data_folder_is_a_problem(clinic: Clinic) -> None:
    (clinic.folder / "data").write_text("")
    found = (await clinic.finds())["house", "data-folder"]

    assert found.level is Level.PROBLEM

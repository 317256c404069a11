"""Every prepared statement of the house means something to both databases."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import bot
from bot.kernel.work import Statement
from bot.storage.db import Database
from bot.storage.migrate import upgrade

ONLY_SQLITE = ("bot.storage.newest.",)
ONLY_POSTGRES = ("bot.pipeline.engine.procrastinate.", "bot.storage.db._TAKE_TURNS")


def all_statements() -> Iterator[tuple[str, Statement]]:
    for module in walk_packages(bot.__path__, "bot."):
        if module.name.endswith("__main__") or "migrations" in module.name:
            continue
        for name, value in vars(import_module(module.name)).items():
            if isinstance(value, Statement):
                yield f"{module.name}.{name}", value


STATEMENTS = dict(all_statements())


@pytest.mark.postgres
def test_postgres_prepares_every_statement(postgres: str) -> None:
    """A value whose type it can't infer, such as `:x IS NULL`, is found here."""
    database = Database(postgres)
    with database.reading() as connection:
        for number, (name, statement) in enumerate(STATEMENTS.items()):
            if not name.startswith(ONLY_SQLITE):
                connection.execute(f"PREPARE s{number} AS /* {name} */ {_numbered(statement)}")
    database.close()


def test_sqlite_prepares_every_statement(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'bot.sqlite3'}")
    upgrade(database)
    with database.reading() as connection:
        for name, statement in STATEMENTS.items():
            if not name.startswith(ONLY_POSTGRES):
                values = dict.fromkeys(re.findall(r"(?<!:):([a-z_]\w*)", statement.sql))
                connection.run(Statement(f"EXPLAIN {statement.sql}"), values)
    database.close()


def _numbered(statement: Statement) -> str:
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        if found[1] not in names:
            names.append(found[1])
        return f"${names.index(found[1]) + 1}"

    return re.sub(r"(?<!:):([a-z_]\w*)", number, statement.sql)

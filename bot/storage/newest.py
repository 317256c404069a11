"""The newest schema of SQLite at once: what all revisions lead to, written down in `newest.sql`.

A first start would otherwise import Alembic and an ORM, run every revision there ever was, and keep
ten MiB of it. A test compares the file with the revisions; `tools/newest_schema.py` writes it. One
that was forgotten costs time and nothing else: whoever makes a schema of it runs what is missing.
"""

from pathlib import Path

from bot.kernel.work import Statement
from bot.storage.db import Database

FILE = Path(__file__).with_name("newest.sql")

_BETWEEN = ";\n"
_ANYTHING = Statement("SELECT 1 FROM sqlite_master LIMIT 1")
_MADE_BY = Statement(
    "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
    " ORDER BY type DESC, name"
)
_REVISION = Statement("SELECT version_num FROM alembic_version")


def make(database: Database) -> None:
    """Make the tables of an empty SQLite database, in one transaction; leave any other alone."""
    with database.writing() as connection:
        if not connection.run(_ANYTHING, {}):
            for statement in FILE.read_text("utf-8").split(_BETWEEN):
                connection.execute(statement)


def script(database: Database) -> str:
    """Return what makes the schema that an SQLite database has, and notes its revision."""
    with database.reading() as connection:
        made = [_tidy(str(sql)) for (sql,) in connection.run(_MADE_BY, {})]
        ((revision,),) = connection.run(_REVISION, {})
    return _BETWEEN.join([*made, f"INSERT INTO alembic_version VALUES ('{revision}')", ""])


def _tidy(sql: str) -> str:
    """Return a statement without blank ends, its constraints in order: Alembic has them in none."""
    lines = [line.rstrip() for line in sql.splitlines() if line.strip()]
    found = [line for line in lines if line.startswith("\tCONSTRAINT")]
    at = lines.index(found[0]) if found else 0
    if not found or lines[at : at + len(found)] != found:
        return "\n".join(lines)
    constraints = ",\n".join(sorted(line.removesuffix(",") for line in found))
    return "\n".join([*lines[:at], constraints, *lines[at + len(found) :]])

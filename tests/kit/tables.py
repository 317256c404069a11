"""All tables of all rooms, made from a kept copy."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.storage.db import Database
from bot.storage.migrate import upgrade


def furnished(file: Path) -> str:
    """Return the address of an SQLite file with the newest schema; a new one has no rows.

    The migrations run once in a process; after that a file is a copy.
    """
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_newest_schema())
    return f"sqlite:///{file}"


@cache
def _newest_schema() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "bot.sqlite3"
        database = Database(f"sqlite:///{file}")
        upgrade(database)
        database.close()
        return file.read_bytes()

"""Writes `bot/storage/newest.sql`: what the revisions of the schema lead to on SQLite.

.venv/bin/python -m tools.newest_schema
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from bot.storage import migrate, newest
from bot.storage.db import Database

with TemporaryDirectory() as folder:
    database = Database(f"sqlite:///{Path(folder) / 'bot.sqlite3'}")
    migrate.run_revisions(database)
    newest.FILE.write_text(newest.script(database), "utf-8")
    database.close()

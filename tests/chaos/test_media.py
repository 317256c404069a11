"""The real program killed at each step of a file's way in, and of its way out."""

import asyncio
import time
from hashlib import sha256
from pathlib import Path

from aiohttp import ClientSession

from bot.kernel.clock import SystemClock
from bot.kernel.errors import CannotStore
from bot.kernel.work import Row, Statement
from bot.storage.columns import micros
from bot.storage.db import Database
from tests.chaos.test_kefu import KEFU
from tests.kit.chaos import Bot
from tests.kit.kefu import WK, FakeKefu
from tests.kit.media import png
from tests.kit.platforms import CORP

STEPS_IN = (
    "media.fetched",  # it has come, and nobody has looked at it
    "media.written",  # it is on disk under no name
    "media.placed",  # it is in its place, and no row knows of it
    "media.kept",  # everything is written down
)
STEPS_OUT = (
    "media.leaving",  # it is marked, and still there
    "media.deleted",  # it is gone, and its row still there
)
HURRY = Statement("UPDATE media_refs SET due_at = :now WHERE status = 'waiting'")
REFS = Statement("SELECT status, digest FROM media_refs")
FILES = Statement("SELECT digest FROM media_files")
FORGET = Statement("DELETE FROM media_refs")


def ask(url: str, statement: Statement) -> list[Row]:
    database = Database(url)
    try:
        with database.reading() as connection:
            return list(connection.run(statement, {}))
    except CannotStore:
        return []
    finally:
        database.close()


def change(url: str, *statements: Statement) -> None:
    database = Database(url)
    with database.writing() as connection:
        for statement in statements:
            now = {"now": micros(SystemClock().now())} if ":now" in statement.sql else {}
            connection.run(statement, now)
    database.close()


async def until(url: str, statement: Statement, rows: list[tuple[object, ...]]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if [tuple(row) for row in ask(url, statement)] == rows:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(ask(url, statement))


async def test_killed_at_every_step_a_file_comes_once_and_leaves_for_good(tmp_path: Path) -> None:
    url, content = f"sqlite:///{tmp_path / 'bot.sqlite3'}", png(64, 64)
    digest = sha256(content).hexdigest()
    place = tmp_path / "data/media/bot" / digest[:2] / digest[2:4] / digest
    async with FakeKefu(now=time.time) as platform, ClientSession() as http:
        media_id = platform.files.puts(content)
        platform.hears("wm1", "", msgtype="image", image={"media_id": media_id})
        section = KEFU.format(api=platform.url, corp=CORP, book=WK)
        bot = Bot(tmp_path, platform.url, url, more=section)
        for step in STEPS_IN:
            await bot.start(step)
            assert await bot.dies(30) == -9
            change(url, HURRY)
        await bot.start()
        await bot.listens(http)
        await until(url, REFS, [("kept", digest)])
        assert await bot.end() == 0
        assert place.read_bytes() == content

        change(url, FORGET)
        for step in STEPS_OUT:
            await bot.start(step)
            assert await bot.dies(30) == -9
        await bot.start()
        await bot.listens(http)
        await until(url, FILES, [])
        assert await bot.end() == 0
        assert not place.exists()

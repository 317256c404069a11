"""A burst of customers' messages in three pages, and the real program killed at each step."""

import asyncio
import time
from pathlib import Path

from aiohttp import ClientError, ClientSession

from bot.kernel.errors import CannotStore
from bot.kernel.work import Statement
from bot.storage.db import Database
from tests.kit.chaos import Bot
from tests.kit.kefu import WK, FakeKefu
from tests.kit.mail import Mail
from tests.kit.platforms import CORP

STEPS = (
    "fetch.asked",  # a page is there, nothing of it on disk
    "fetch.written",  # in the transaction that writes it down and turns it
    "fetch.recorded",  # it is on disk, the next one is not asked for
    "fetch.written:2",
)
KEFU = """
[channels.kefu]
api_base = "{api}"
corp_id = "{corp}"
open_kfids = ["{book}"]
secret = "env:CHAOS_SECRET"
token = "env:CHAOS_TOKEN"
encoding_aes_key = "env:CHAOS_AES_KEY"
"""
_PEOPLE, _EACH = 10, 50
_BOOKS = Statement("SELECT key, conversation, status FROM inbox ORDER BY id")


async def test_killed_at_every_step_a_burst_is_handled_once_and_in_order(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bot.sqlite3'}"
    async with FakeKefu(now=time.time) as platform, ClientSession() as http:
        wrote: dict[str, list[str]] = {}
        for _ in range(_EACH):
            for one in range(_PEOPLE):
                item = platform.hears(f"wm{one}", "🙂")
                wrote.setdefault(f"kefu:{WK}:wm{one}", []).append(str(item["msgid"]))
        platform.page = _PEOPLE * _EACH // 3 + 1
        section = KEFU.format(api=platform.url, corp=CORP, book=WK)
        bot = Bot(tmp_path, platform.url, url, more=section)
        for step in STEPS:
            await bot.start(step)
            assert await bot.dies(30) == -9
        await bot.start("fetch.poked")
        await bot.listens(http)
        assert await hint(bot, platform, http) == 0
        assert await bot.dies(30) == -9
        await bot.start()
        await bot.listens(http)
        assert await hint(bot, platform, http) == 200
        rows = await handled(url, _PEOPLE * _EACH)
        assert await bot.end() == 0

    read: dict[str, list[str]] = {}
    for key, conversation, _ in rows:
        read.setdefault(conversation, []).append(key)
    assert read == wrote


async def hint(bot: Bot, platform: FakeKefu, http: ClientSession) -> int:
    """Bring a callback; return its status, 0 when nobody answered."""
    query, body = Mail().http(Mail().post(platform.hint(), time.time()))
    try:
        async with http.post(f"{bot.url}/callback/kefu?{query}", data=body) as answer:
            return answer.status
    except ClientError:
        return 0


async def handled(url: str, many: int) -> list[tuple[str, str, str]]:
    """Return the inbox once so many updates are done."""
    deadline = time.monotonic() + 30
    database = Database(url)
    rows: list[tuple[str, str, str]] = []
    while time.monotonic() < deadline:
        try:
            with database.reading() as connection:
                found = connection.run(_BOOKS, {})
        except CannotStore:
            found = []
        rows = [(str(key), str(conversation), str(status)) for key, conversation, status in found]
        if len(rows) == many and {status for _, _, status in rows} == {"done"}:
            break
        await asyncio.sleep(0.1)
    database.close()
    return rows

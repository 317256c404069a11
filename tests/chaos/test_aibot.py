"""The real program dies while its long connection is open; others follow, and say it once."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.kit.aibot import GROUP
from tests.kit.aibot_ws import BOT_ID, FakeSocket, until
from tests.kit.chaos import Bot
from tests.kit.platforms import SECRET

CONFIG = """
[community]
name = "拾光衣橱"
[server]
port = {port}
[database]
url = "{url}"
[paths]
content = "content"
schedules = "schedules"
[channels.aibot]
mode = "websocket"
ws_url = "{api}"
bot_id = "BOT_ID"
secret = "env:CHAOS_SECRET"
[log]
level = "warning"
format = "json"
"""
STEPS = ("inbox.handling", "inbox.handled", "outbox.claimed", "outbox.sent", "outbox.recorded")


def program(folder: Path, platform: FakeSocket, url: str, name: str = "bot") -> Bot:
    config = CONFIG.replace("BOT_ID", BOT_ID)
    return Bot(folder, platform.ws_url, url, name, config=config)


@asynccontextmanager
async def alive(*bots: Bot) -> AsyncIterator[None]:
    try:
        yield
    finally:
        for bot in bots:
            await bot.kill()


async def patiently(true: Callable[[], object], bot: Bot, within_s: float = 45) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, bot.last_words()
        await asyncio.sleep(0.02)


def has_sent(folder: Path, count: int) -> bool:
    """Return True when it is written down of so many answers that they have arrived."""
    with closing(sqlite3.connect(folder / "bot.sqlite3")) as database:
        found = database.execute("SELECT count(*) FROM outbox WHERE status = 'sent'")
        return bool(found.fetchone() == (count,))


@pytest.mark.timeout(240)  # eleven starts of the program, on a machine that may be busy
async def test_a_question_is_answered_once_wherever_the_process_died(tmp_path: Path) -> None:
    async with FakeSocket(secret=SECRET) as platform:
        bot = program(tmp_path, platform, f"sqlite:///{tmp_path / 'bot.sqlite3'}")
        async with alive(bot):
            for number, step in enumerate(STEPS, 1):
                await bot.start(step)
                await patiently(lambda: platform.live, bot)
                await platform.says(platform.message("打卡", who=f"w{number}", group=GROUP))
                assert await bot.dies(20) == -9
                await bot.start()
                async with ClientSession() as http:
                    await bot.listens(http)
                await patiently(partial(has_sent, tmp_path, number), bot)
                await asyncio.sleep(0.1)  # whatever else it might say
                assert await bot.end() == 0

    words = platform.words()
    assert len(words) == len(STEPS)
    assert all("已连续 1 天" in one for one in words)
    assert platform.most_open == 1
    # the one answer of which nobody knew whether it had arrived
    assert [wrong.code for wrong in platform.refused] == [846606]


@pytest.mark.timeout(120)
async def test_an_answer_that_is_under_way_at_a_death_is_said_once(tmp_path: Path) -> None:
    async with FakeSocket(secret=SECRET) as platform:
        bot = program(tmp_path, platform, f"sqlite:///{tmp_path / 'bot.sqlite3'}")
        async with alive(bot):
            await bot.start("inbox.handled:2")
            await patiently(lambda: platform.live, bot)
            platform.slow = asyncio.Event()  # it has the answer, and does not say so
            await platform.says(platform.message("打卡", who="w0", group=GROUP))
            await patiently(lambda: len(platform.seen) == 1, bot)
            await platform.says(platform.message("打卡", who="w1", group=GROUP))
            assert await bot.dies(20) == -9
            platform.slow.set()
            platform.slow = None
            await bot.start()
            await patiently(lambda: has_sent(tmp_path, 2), bot)
            assert await bot.end() == 0

    assert len(platform.words()) == 2
    assert [wrong.code for wrong in platform.refused] == [846606]


@pytest.mark.postgres
@pytest.mark.timeout(120)  # a lease runs out in it, on a machine that may be busy
async def test_of_two_replicas_one_is_connected_and_the_other_follows(
    tmp_path: Path, postgres: str
) -> None:

    async with FakeSocket(secret=SECRET) as platform:
        one, two = (program(tmp_path, platform, postgres, name) for name in ("one", "two"))
        async with alive(one, two):
            await one.start()
            await patiently(lambda: platform.subscribed == 1, one)
            await two.start()
            async with ClientSession() as http:
                await two.listens(http)
            for number in range(20):
                await platform.says(platform.message("打卡", who=f"w{number}", group=GROUP))
            await patiently(lambda: len(platform.seen) == 20, two)
            assert platform.subscribed == 1
            assert "outbox.refused" not in two.last_words(), "it left them to the other"

            await one.kill()
            await until(lambda: platform.live is None)
            await patiently(lambda: platform.live, two)
            # in another chat: an answer under way at the kill holds its own up for a minute
            await platform.says(platform.message("打卡", who="w20", group=f"{GROUP}2"))
            await patiently(lambda: len(platform.seen) == 21, two)
            assert await two.end() == 0

    assert platform.most_open == 1
    assert all("已连续 1 天" in words for words in platform.words())
    assert platform.refused == []

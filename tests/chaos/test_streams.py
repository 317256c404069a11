"""The real program dies while a bot's stream is open; the stream still ends, with one answer."""

import asyncio
import sqlite3
import time
from contextlib import suppress
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession

from bot.kernel.messages import RawCallback
from tests.kit.aibot import GROUP, MAIL, FakeAibot, Json
from tests.kit.chaos import Bot

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
mode = "callback"
token = "env:CHAOS_TOKEN"
encoding_aes_key = "env:CHAOS_AES_KEY"
[log]
level = "warning"
format = "json"
"""
STEPS = ("inbox.written", "inbox.accepted", "inbox.handling", "inbox.handled", "stream.answered")


class Gone(Exception):
    """No answer came."""


class Platform:
    """Knocks at the real program, and starts it again when it has died."""

    def __init__(self, folder: Path, http: ClientSession) -> None:
        self.file = folder / "bot.sqlite3"
        self.bot = Bot(folder, "", f"sqlite:///{self.file}", config=CONFIG)
        self.http = http
        self.fake = FakeAibot(post=self.post, now=time.time)

    async def post(self, raw: RawCallback) -> tuple[int, bytes]:
        query, body = MAIL.http(raw)
        try:
            url = f"{self.bot.url}/callback/aibot?{query}"
            async with self.http.post(url, data=body) as answer:
                return answer.status, await answer.read()
        except ClientError:
            raise Gone from None

    async def start(self, crash_at: str = "") -> None:
        await self.bot.start(crash_at)
        await self.bot.listens(self.http)

    async def says(self, message: Json) -> Json | None:
        """Bring a message as often as the platform does."""
        for _ in range(3):
            with suppress(Gone):
                return await self.fake.says(message)
            await self.bot.dies(10)
            await self.start()
        return None

    def rows(self, change: str = "") -> list[tuple[str, str]]:
        """Change something in the books, then return the answers in them."""
        with sqlite3.connect(self.file, timeout=10) as database:
            if change:
                database.execute(change)
            return database.execute("SELECT status, note FROM outbox ORDER BY id").fetchall()


@pytest.mark.parametrize("step", STEPS)
async def test_a_stream_ends_with_the_answer_once_wherever_the_process_died(
    tmp_path: Path, step: str
) -> None:
    async with ClientSession() as http:
        platform = Platform(tmp_path, http)
        async with platform.fake as fake:
            await platform.start(f"{step}:1")
            message = fake.message("打卡", group=GROUP)
            said = await platform.says(message)
            for _ in range(5):
                assert said is not None
                if said["stream"]["finish"]:
                    break
                said = await fake.polls(message["msgid"])
            if platform.bot.is_alive and step == "stream.answered":
                await platform.bot.dies(10)
            if not platform.bot.is_alive:
                await platform.start()
            # the program has the answers' hold behind it now, and sends what it thinks unsaid
            platform.rows("UPDATE outbox SET due_at = 0 WHERE status = 'queued'")
            await _until_idle(platform)
            await platform.bot.end()

        assert [one["stream"]["finish"] for one in fake.seen] == [True]
        assert "已连续 1 天" in fake.seen[0]["stream"]["content"]
        assert (fake.late, fake.refused) == ([], [])
        [(status, _)] = platform.rows()
        assert status == ("maybe" if step == "stream.answered" else "sent")


async def _until_idle(platform: Platform) -> None:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        if all(status not in {"queued", "sending"} for status, _ in platform.rows()):
            return
        await asyncio.sleep(0.05)
    raise TimeoutError(platform.bot.last_words())

"""A follower of an official account writes; what she reads in answer, by whichever way it comes."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import aiohttp
import pytest

from bot import app as roof
from bot.channels.wecom.mp import MP, OfficialAccount
from bot.channels.wecom.xml import first
from bot.kernel.work import Statement
from tests.kit.mail import AES_KEY, TOKEN, Mail
from tests.kit.mp import APP_ID, FOLLOWER, SECRET, FakeMp, Post, happened, said
from tests.kit.tables import furnished

CONFIG = """
[community]
name = "拾光衣橱"
contact = "到店或拨 021-5555 0000"
[server]
port = 0
[database]
url = "sqlite:///bot.sqlite3"
[channels.mp]
api_base = "{url}"
app_id = "{app_id}"
secret = "env:SECRET"
token = "env:TOKEN"
"""
KEY = 'encoding_aes_key = "env:AES_KEY"\n'
EVERYBODY = frozenset({"web", "worker", "scheduler"})


@dataclass
class Day:
    """A running bot, its platform, and followers who write."""

    app: roof.App
    platform: FakeMp
    mail: Post
    http: aiohttp.ClientSession
    url: str
    numbers: "count[int]" = field(default_factory=lambda: count(24_500_000_000_000_001))

    @property
    def now(self) -> float:
        return self.app.clock.now().timestamp()

    @property
    def account(self) -> OfficialAccount:
        found = self.app.house.channels[MP]
        assert isinstance(found, OfficialAccount)
        return found

    async def post(self, plaintext: str) -> tuple[int, str]:
        """Deliver a callback once; return its status and the words in the response."""
        self.platform.acts()
        query, body = Mail().http(self.mail.letter(plaintext, self.now))
        async with self.http.post(f"{self.url}/callback/mp?{query}", data=body) as answer:
            response = await answer.read()
        if answer.status != 200 or response == b"success":
            return answer.status, ""
        return 200, first(self.mail.reply(response), "Content")

    async def hears(self, text: str) -> str:
        """Let the follower write; return what she reads in the response."""
        status, words = await self.post(said(text, next(self.numbers), self.now))
        assert status == 200
        return words

    async def count(self, sql: str) -> int:
        rows = await self.app.house.writer.look(lambda uow: uow.run(Statement(sql)))
        return int(str(rows[0][0]))

    async def all_sent(self) -> None:
        """Wait until every answer is written down as sent: a response leaves before that."""
        async with asyncio.timeout(10):
            while await self.count("SELECT count(*) FROM outbox WHERE status <> 'sent'"):  # noqa: ASYNC110
                await asyncio.sleep(0.02)


@pytest.fixture(params=["plain", "both", "sealed"])
async def day(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Day]:
    async with FakeMp() as platform, aiohttp.ClientSession() as http:
        (tmp_path / "content").mkdir()
        (tmp_path / "schedules").mkdir()
        path = tmp_path / "config.toml"
        key = "" if request.param == "plain" else KEY
        words = CONFIG.format(url=platform.url, app_id=APP_ID) + key
        path.write_text(words, encoding="utf-8")
        config = roof.read_config(path, {"SECRET": SECRET, "TOKEN": TOKEN, "AES_KEY": AES_KEY})
        furnished(tmp_path / "bot.sqlite3")
        app = roof.build(config)
        server = await app.start(EVERYBODY)
        assert server is not None
        yield Day(app, platform, Post(request.param), http, f"http://127.0.0.1:{server.port}")
        await server.stop()
        await app.stop()
        app.house.database.close()


async def test_a_follower_checks_in_and_reads_it_in_the_response(day: Day) -> None:
    assert "已连续 1 天" in await day.hears("打卡✅")
    assert "今天已打卡" in await day.hears("签到")

    await day.all_sent()
    assert day.platform.delivered == []
    assert await day.count("SELECT count(*) FROM outbox WHERE status = 'sent'") == 2


async def test_a_callback_delivered_again_reads_the_same_and_does_nothing(day: Day) -> None:
    words = said("打卡", 7, day.now)
    answers = []
    for _ in range(3):
        answers.append(await day.post(words))
        await day.all_sent()

    assert len(set(answers)) == 1
    assert "已连续 1 天" in answers[0][1]
    assert await day.count("SELECT count(*) FROM checkins") == 1
    assert await day.count("SELECT count(*) FROM outbox") == 1
    assert day.platform.delivered == []


async def test_deliveries_that_overlap_are_one_message_and_one_answer(day: Day) -> None:
    words = said("打卡", 7, day.now)
    answers = await asyncio.gather(*(day.post(words) for _ in range(5)))
    await day.all_sent()

    read = [words for _, words in answers if words]
    assert {status for status, _ in answers} == {200}
    assert len(set(read)) + len(day.platform.delivered) == 1
    assert await day.count("SELECT count(*) FROM checkins") == 1
    assert await day.count("SELECT count(*) FROM outbox") == 1


async def test_an_old_callback_played_back_is_told_nothing(day: Day) -> None:
    words = said("打卡", 7, day.now)
    await day.post(words)
    await day.all_sent()
    await day.app.house.writer.do(
        lambda uow: uow.run(Statement("UPDATE outbox SET sent_at = sent_at - 61000000"))
    )

    assert await day.post(words) == (200, "")


async def test_an_answer_that_is_late_comes_once_by_another_way(day: Day) -> None:
    day.account.passive_wait_s = 0.0
    read = [await day.hears("帮助") for _ in range(6)]
    await day.all_sent()

    assert len([one for one in read if one]) + len(day.platform.delivered) == 6


async def test_a_menu_leads_to_a_command(day: Day) -> None:
    press = happened("CLICK", day.now, "<EventKey><![CDATA[打卡]]></EventKey>")

    status, words = await day.post(press)
    assert (status, "已连续 1 天" in words) == (200, True)


async def test_who_follows_by_a_qr_code_is_welcomed_once(day: Day) -> None:
    key = "<EventKey><![CDATA[qrscene_hike42]]></EventKey>"

    assert "拾光衣橱" in (await day.post(happened("subscribe", day.now, key)))[1]
    assert await day.post(happened("subscribe", day.now + 1, key)) == (200, "")
    assert await day.post(happened("unsubscribe", day.now)) == (200, "")


async def test_a_forged_callback_leaves_no_row(day: Day) -> None:
    raw = Post(day.mail.mode, token="SomebodyElse").letter(said("打卡", 1, day.now), day.now)
    query, body = Mail().http(raw)
    async with day.http.post(f"{day.url}/callback/mp?{query}", data=body) as answer:
        assert answer.status == 403

    assert await day.count("SELECT count(*) FROM inbox") == 0
    assert FOLLOWER not in str(day.platform.calls)

"""Callback bytes in, words on a phone out: the whole bot as `bot run` builds it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import aiohttp
import pytest

from bot import app as roof
from tests.kit.mail import AES_KEY, TOKEN, Mail, text_message
from tests.kit.platforms import AGENT, CORP, SECRET, FakeWecom
from tests.kit.tables import furnished

CONFIG = """
[community]
name = "拾光衣橱"
contact = "到店或拨 021-5555 0000"
[server]
port = 0
[database]
url = "sqlite:///bot.sqlite3"
[channels.wecom_app]
api_base = "{url}"
corp_id = "{corp}"
agent_id = {agent}
secret = "env:SECRET"
token = "env:TOKEN"
encoding_aes_key = "env:AES_KEY"
[channels.group_robot.staff]
webhook_url = "env:ROBOT"
[[groups]]
id = "staff"
name = "运营群"
channel = "group_robot.staff"
internal = true
[alerts]
to = ["group:staff"]
"""
EVERYBODY = frozenset({"web", "worker", "scheduler"})


@dataclass
class Day:
    """A running bot, its platform, and members who write."""

    app: roof.App
    platform: FakeWecom
    http: aiohttp.ClientSession
    url: str
    numbers: "count[int]" = field(default_factory=lambda: count(7_300_000_000_000_000_001))

    async def post(self, plaintext: str) -> tuple[int, str]:
        """Deliver a callback as WeCom does; return what it gets."""
        raw = Mail().post(plaintext, self.app.clock.now().timestamp())
        query, body = Mail().http(raw)
        async with self.http.post(f"{self.url}/callback/wecom_app?{query}", data=body) as answer:
            return answer.status, await answer.text()

    async def hears(self, who: str, text: str, *, times: int = 1) -> list[str]:
        """Let a member write, delivered `times` times; return what she reads."""
        before = len(self.platform.to(who))
        plaintext = text_message(who, text, next(self.numbers), self.app.clock.now().timestamp())
        for _ in range(times):
            assert await self.post(plaintext) == (200, "success")
        await self.app.house.engine.settle()
        return [one.words for one in self.platform.to(who)[before:]]


@pytest.fixture
async def day(tmp_path: Path) -> AsyncIterator[Day]:
    async with FakeWecom() as platform, aiohttp.ClientSession() as http:
        (tmp_path / "content").mkdir()
        (tmp_path / "schedules").mkdir()
        path = tmp_path / "config.toml"
        path.write_text(CONFIG.format(url=platform.url, corp=CORP, agent=AGENT), encoding="utf-8")
        environ = {
            "SECRET": SECRET,
            "TOKEN": TOKEN,
            "AES_KEY": AES_KEY,
            "ROBOT": platform.webhook_url,
        }
        config = roof.read_config(path, environ)
        furnished(tmp_path / "bot.sqlite3")
        app = roof.build(config)
        server = await app.start(EVERYBODY)
        assert server is not None
        yield Day(app, platform, http, f"http://127.0.0.1:{server.port}")
        await server.stop()
        await app.stop()
        app.house.database.close()


async def test_a_member_checks_in_by_chat(day: Day) -> None:
    (answer,) = await day.hears("LiHua", "打卡✅")

    assert "已连续 1 天" in answer
    assert "积分 5" in answer
    assert day.platform.refused == []


async def test_the_second_check_in_of_a_day_adds_nothing(day: Day) -> None:
    await day.hears("lihua", "簽到")
    (answer,) = await day.hears("lihua", "打卡")

    assert "今天已打卡" in answer
    assert "积分 5" in "".join(await day.hears("lihua", "我的积分"))


async def test_a_callback_that_comes_three_times_is_answered_once(day: Day) -> None:
    assert len(await day.hears("lihua", "打卡", times=3)) == 1


async def test_two_equal_questions_get_two_equal_answers(day: Day) -> None:
    first = await day.hears("lihua", "帮助")
    second = await day.hears("lihua", "帮助")

    assert first == second
    assert len(first) == 1


async def test_an_expired_token_is_renewed_and_nothing_is_lost(day: Day) -> None:
    await day.hears("lihua", "帮助")
    day.platform.withdraw_tokens()

    assert len(await day.hears("lihua", "打卡")) == 1


async def test_a_member_who_asks_for_a_human_rings_in_the_staff_group(day: Day) -> None:
    (answer,) = await day.hears("lihua", "转人工")

    assert "021-5555 0000" in answer
    assert [one.kind for one in day.platform.delivered if one.to != "lihua"] == ["text"]


async def test_a_wrong_signature_leaves_no_row(day: Day) -> None:
    raw = Mail(token="SomebodyElse").post("<xml/>", day.app.clock.now().timestamp())
    query, body = Mail().http(raw)
    async with day.http.post(f"{day.url}/callback/wecom_app?{query}", data=body) as answer:
        assert answer.status == 403
    summary = await day.app.house.writer.look(day.app.house.desk.summary)

    assert summary.inbox.waiting == 0


async def test_the_bare_address_leads_to_the_console(day: Day) -> None:
    async with day.http.get(day.url, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (302, "/console/")


async def test_metrics_tell_what_happened(day: Day) -> None:
    await day.hears("lihua", "打卡")
    async with day.http.get(f"{day.url}/metrics") as answer:
        text = await answer.text()

    assert 'bot_updates_accepted_total{channel="wecom_app"}' in text
    assert "bot_oldest_due_seconds" in text
    assert "lihua" not in text

"""A connected bot in an internal group, as `bot run` builds it, over a real WebSocket."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import app as roof
from bot.channels.wecom.aibot import AibotSocket
from bot.commons.notices import Notices
from bot.kernel.ids import ChannelName
from bot.kernel.work import Statement
from tests.kit.aibot import GROUP
from tests.kit.aibot_ws import BOT_ID, SECRET, FakeSocket, until
from tests.kit.tables import furnished

CONFIG = """
[community]
name = "拾光衣橱"
[server]
port = 0
[database]
url = "sqlite:///bot.sqlite3"
[channels.aibot]
mode = "websocket"
ws_url = "{url}"
bot_id = "{bot_id}"
secret = "env:SECRET"
[[groups]]
id = "staff"
name = "店长群"
channel = "aibot"
chat_id = "{group}"
[alerts]
to = ["group:staff"]
"""
WORKER = frozenset({"worker"})


def built(folder: Path, platform: FakeSocket) -> roof.App:
    (folder / "content").mkdir(exist_ok=True)
    (folder / "schedules").mkdir(exist_ok=True)
    text = CONFIG.format(url=platform.ws_url, bot_id=BOT_ID, group=GROUP)
    (folder / "config.toml").write_text(text, encoding="utf-8")
    config = roof.read_config(folder / "config.toml", {"SECRET": SECRET})
    furnished(folder / "bot.sqlite3")
    return roof.build(config)


class Days:
    """Bots that are started one after the other, and their platform."""

    def __init__(self, folder: Path, platform: FakeSocket) -> None:
        self.folder, self.platform = folder, platform

    async def begins(self) -> None:
        before = self.platform.subscribed
        self.app = built(self.folder, self.platform)
        await self.app.start(WORKER)
        await until(lambda: self.platform.subscribed > before)

    @property
    def bot(self) -> AibotSocket:
        bot = self.app.house.channels[ChannelName("aibot")]
        assert isinstance(bot, AibotSocket)
        return bot

    async def ends(self) -> None:
        await self.app.stop()
        self.app.house.database.close()

    async def hears(self, text: str) -> str:
        """Let a member write; return what she reads."""
        before = len(self.platform.seen)
        await self.platform.says(self.platform.message(text, group=GROUP))
        await self.sees(before + 1)
        return self.platform.words()[before]

    async def sees(self, many: int) -> None:
        await until(lambda: len(self.platform.seen) >= many, within_s=15)

    async def finds(self, sql: str) -> tuple[object, ...]:
        """Return the first row, once there is one."""
        async with asyncio.timeout(10):
            while not (rows := await self.rows(sql)):  # noqa: ASYNC110 - it is in a database
                await asyncio.sleep(0.02)
        return rows[0]

    async def rows(self, sql: str) -> list[tuple[object, ...]]:
        rows = await self.app.house.writer.look(lambda uow: uow.run(Statement(sql)))
        return [tuple(row) for row in rows]


@pytest.fixture
async def days(tmp_path: Path) -> AsyncIterator[Days]:
    async with FakeSocket() as platform:
        days = Days(tmp_path, platform)
        await days.begins()
        yield days
        await days.ends()


async def test_a_member_checks_in_and_is_answered_by_the_callbacks_id(days: Days) -> None:
    words = await days.hears("打卡")

    assert "已连续 1 天" in words
    [said] = days.platform.seen
    assert (said["msgtype"], said["stream"]["finish"]) == ("stream", True)
    assert days.platform.refused == []


async def test_a_message_that_comes_twice_is_one_check_in(days: Days) -> None:
    message = days.platform.message("打卡", group=GROUP)
    await days.platform.says(message)
    await days.sees(1)
    await days.platform.says(message)
    await days.hears("我的积分")

    assert len(days.platform.seen) == 2
    assert await days.rows("SELECT count(*) FROM inbox") == [(2,)]


async def test_a_notice_reaches_the_group_by_itself(days: Days) -> None:
    await days.hears("转人工")
    await days.sees(2)

    pushed = [one for one in days.platform.seen if one.get("chatid") == GROUP]
    assert "在找真人" in pushed[0]["markdown"]["content"]


async def test_who_enters_is_greeted(days: Days) -> None:
    event = {
        "event": {"eventtype": "enter_chat"},
        "chattype": "single",
        "from": {"userid": "lihua"},
    }
    await days.platform.event("enter_chat", kind="enter", more=event)
    await days.sees(1)

    assert "拾光衣橱" in days.platform.words()[0]


async def test_a_connection_that_breaks_comes_back_and_all_goes_on(days: Days) -> None:
    await days.hears("打卡")
    await days.platform.drop()
    await until(lambda: days.platform.subscribed == 2)

    assert "今天已打卡" in await days.hears("打卡")


async def test_what_is_said_while_the_connection_is_away_leaves_later(days: Days) -> None:
    await days.hears("打卡")
    days.platform.refuse_open = True
    await days.platform.drop()
    await until(lambda: not days.bot.is_connected)  # what leaves before that may be lost
    notices = days.app.tools.use(Notices)
    await days.app.house.writer.do(lambda uow: notices.tell(uow, key="k", text="早安"))
    await asyncio.sleep(0.1)
    assert len(days.platform.seen) == 1

    days.platform.refuse_open = False
    await days.sees(2)
    assert days.platform.words()[1] == "早安"


async def test_a_restart_answers_what_was_heard_before_it(days: Days) -> None:
    await days.hears("打卡")
    await days.ends()
    await days.begins()

    assert "今天已打卡" in await days.hears("打卡")
    assert await days.rows("SELECT text FROM notices") == []


async def test_who_was_thrown_out_stays_out_after_a_restart(days: Days) -> None:
    await days.platform.kick()
    await until(lambda: days.platform.live is None)
    [notice] = await days.finds("SELECT text FROM notices")
    assert await days.rows("SELECT 1 FROM pauses WHERE scope = 'aibot'")
    assert "查清是谁在用它的 BotID" in str(notice)
    await days.ends()

    days.app = built(days.folder, days.platform)
    await days.app.start(WORKER)
    await asyncio.sleep(0.2)
    assert days.platform.subscribed == 1


async def test_a_wrong_secret_is_told_with_what_to_do(tmp_path: Path) -> None:
    async with FakeSocket(secret="changed") as platform:
        days = Days(tmp_path, platform)
        await days.begins()
        [found] = await days.finds("SELECT text FROM notices")
        await days.ends()

    assert "BotID 或 Secret 不对" in str(found)
    assert platform.subscribed == 1

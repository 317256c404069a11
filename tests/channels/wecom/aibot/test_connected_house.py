"""A connected bot in a whole house: several answers, cards that are pressed, votes."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.kernel.feature import Feature
from bot.kernel.messages import CardUpdate, Image, Reply, Text
from bot.kernel.router import Router
from bot.kernel.work import Context
from tests.kit.aibot import GROUP, Json
from tests.kit.aibot_stand import PRESS
from tests.kit.aibot_ws import FakeSocket, bot_on, until
from tests.kit.house import HouseUnderTest
from tests.kit.rooms import TurnedClock
from tests.kit.wecom import PNG_URL, VOTE

router = Router()


@router.command("投票")
def vote(_ctx: Context) -> list[Reply]:
    return [Reply(part=Text("请投票")), Reply(part=VOTE), Reply(part=Text("周五截止"))]


@router.command("照片")
def picture(_ctx: Context) -> Reply:
    return Reply(part=Image(data_url=PNG_URL, alt="合影"))


@router.tap("submit_poll")
def voted(ctx: Context) -> list[Reply]:
    assert ctx.update.tap is not None
    assert ctx.update.tap.chosen == ("opt_b",)
    return [Reply(part=Text("谢谢")), Reply(part=CardUpdate(ctx.update.tap.handle, "已提交"))]


ROOM = Feature("help", router)


@dataclass
class Line:
    """A house with a connected bot, and its platform."""

    house: HouseUnderTest
    platform: FakeSocket

    async def says(self, text: str, *, many: int) -> list[Json]:
        """Let a member write; return what the group sees in answer."""
        before = len(self.platform.seen)
        await self.platform.says(self.platform.message(text, group=GROUP))
        return await self.sees(before, many)

    async def presses(self, *, many: int) -> list[Json]:
        """Let a member press the card; return what the group sees then."""
        before = len(self.platform.seen)
        fields = {
            "chatid": GROUP,
            "chattype": "group",
            "from": {"userid": "lihua"},
            "event": {"eventtype": "template_card_event", "template_card_event": PRESS},
        }
        await self.platform.event("template_card_event", kind="press", more=fields)
        return await self.sees(before, many)

    async def sees(self, before: int, many: int) -> list[Json]:
        await until(lambda: len(self.platform.seen) >= before + many)
        await self.house.house.engine.settle()
        return self.platform.seen[before:]

    async def rows(self) -> list[tuple[object, ...]]:
        return await self.house.ask("SELECT status, error FROM outbox ORDER BY id")


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Line]:
    clock = TurnedClock()
    async with FakeSocket() as platform:
        bot = bot_on(platform, clock, tmp_path)
        async with HouseUnderTest(tmp_path, [ROOM], clock=clock, doors=[bot]) as house:
            await until(lambda: platform.live)
            yield Line(house, platform)
    assert platform.refused == []


async def test_the_first_answer_uses_the_callback_and_the_others_are_pushed(line: Line) -> None:
    words, card = await line.says("投票", many=2)

    assert words["stream"]["content"] == "请投票\n\n周五截止"
    assert card["chatid"] == GROUP
    assert card["template_card"]["task_id"] == VOTE.id
    commands = [one["cmd"] for one in line.platform.frames]
    assert commands == ["aibot_subscribe", "aibot_respond_msg", "aibot_send_msg"]


async def test_a_press_changes_the_card_as_it_was_sent(line: Line) -> None:
    await line.says("投票", many=2)
    said = await line.presses(many=2)

    [changed] = [one for one in said if "response_type" in one]
    [thanks] = [one for one in said if "markdown" in one]
    assert changed["template_card"]["submit_button"]["text"] == "已提交"
    assert changed["template_card"]["main_title"]["title"] == VOTE.title
    assert changed["userids"] == ["lihua"]
    assert thanks["markdown"]["content"] == "谢谢"
    assert {status for status, _ in await line.rows()} == {"sent"}


async def test_a_picture_answers_a_message(line: Line) -> None:
    [said] = await line.says("照片", many=1)

    assert (said["msgtype"], said["req_id"][:2]) == ("image", "CB")


async def test_a_stop_waits_for_the_answer_under_way(tmp_path: Path) -> None:
    clock = TurnedClock()
    async with FakeSocket(slow=asyncio.Event()) as platform:
        assert platform.slow is not None
        bot = bot_on(platform, clock, tmp_path, ack_s=5)
        async with HouseUnderTest(tmp_path, [ROOM], clock=clock, doors=[bot]):
            await until(lambda: platform.live)
            await platform.says(platform.message("投票", group=GROUP))
            await until(lambda: platform.seen)
            asyncio.get_running_loop().call_later(0.2, platform.slow.set)

    with sqlite3.connect(tmp_path / "bot.sqlite3") as books:
        rows = books.execute("SELECT status, tries FROM outbox ORDER BY id").fetchall()
        held = books.execute("SELECT holder FROM connections").fetchall()
    assert rows == [("sent", 0), ("queued", 0)]
    assert held == [("",)], "the next one need not wait"

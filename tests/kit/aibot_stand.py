"""A connected bot at its platform, for tests of it."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from bot.channels.wecom.aibot import AibotSocket
from bot.kernel.messages import (
    Outgoing,
    Part,
    Receipt,
    Update,
)
from tests.kit.aibot import Json
from tests.kit.aibot_ws import FakeSocket, Heard, Naps, bot_on, listening, until
from tests.kit.rooms import TurnedClock
from tests.kit.wecom import VOTE

SAMPLES = Path(__file__).parents[1] / "channels" / "wecom" / "aibot" / "samples"
NAME = bot_on(FakeSocket(), TurnedClock(), Path()).name
PRESS = {
    "card_type": "vote_interaction",
    "event_key": "submit_poll",
    "task_id": VOTE.id,
    "selected_items": {
        "selected_item": [{"question_key": "poll_q1", "option_ids": {"option_id": ["opt_b"]}}]
    },
}


def sample(name: str) -> Json:
    """Return what the platform shows."""
    said: Json = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
    return said


@dataclass
class Stand:
    """A bot that listens, its platform, and what it has heard."""

    bot: AibotSocket
    platform: FakeSocket
    heard: Heard
    clock: TurnedClock
    naps: Naps

    async def hears(self, text: str = "打卡", *, group: str = "") -> Update:
        message = self.platform.message(text, group=group)
        await self.platform.says(message)
        await until(lambda: message["msgid"] in self.heard.keys)
        return self.heard.keys[message["msgid"]].update

    async def event(self, name: str, *, kind: str = "", group: str = "", **more: object) -> Update:
        before = set(self.heard.keys)
        where = {"chatid": group, "chattype": "group"} if group else {"chattype": "single"}
        fields = {"event": {"eventtype": name, **more}, "from": {"userid": "lihua"}, **where}
        await self.platform.event(name, kind=kind, more=fields)
        await until(lambda: self.heard.keys.keys() - before)
        [key] = self.heard.keys.keys() - before
        return self.heard.keys[key].update

    async def answers(
        self, update: Update, part: Part, *, key: str = "reply:7:0", doubt: datetime | None = None
    ) -> Receipt:
        return await self.bot.send(answer_to(update, part, key), doubt_since=doubt)


def answer_to(update: Update, part: Part, key: str = "reply:7:0") -> Outgoing:
    return Outgoing(
        update.channel,
        update.group or update.sender or "",
        part,
        key,
        to_group=update.in_group,
        reply_to=update.reply_to,
    )


def push(part: Part, *, to: str = "lihua", group: bool = False) -> Outgoing:
    return Outgoing(NAME, to, part, "post:1", to_group=group)


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[Stand]:
    clock, naps, heard = TurnedClock(), Naps(), Heard()
    async with FakeSocket() as platform:
        bot = bot_on(platform, clock, tmp_path, nap=naps)
        async with listening(bot, heard):
            yield Stand(bot, platform, heard, clock, naps)


async def ends(bot: AibotSocket, heard: Heard) -> Exception:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - the caller looks at it
        async with asyncio.timeout(5):
            await bot.listen(heard.line())
    return caught.value

"""One answer, two ways: the first message in the response, the rest and the unfit by the API."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.channels.wecom.mp import MP
from bot.channels.wecom.xml import first
from bot.kernel.feature import Feature
from bot.kernel.messages import Button, Card, CardKind, Reply, Text
from bot.kernel.router import Router
from bot.kernel.work import Context
from bot.web.webhooks import Webhooks
from tests.kit.house import HouseUnderTest
from tests.kit.mail import Mail
from tests.kit.mp import FakeMp, Post, account, said

router = Router()
Client: TypeAlias = "TestClient[web.Request, web.Application]"
ASK = Card("task_1", CardKind.BUTTONS, "满意吗?", "满意吗？", buttons=(Button("满意", "rate:5"),))


@router.command("长")
def tell_much(_ctx: Context) -> Reply:
    return Reply(part=Text("很长的话。" * 300))


@router.command("卡")
def ask(_ctx: Context) -> Reply:
    return Reply(part=ASK)


@router.command("两句")
def say_two(_ctx: Context) -> list[Reply]:
    return [Reply(part=Text("一")), Reply(part=Text("二"))]


@router.tap("rate")
def thank(ctx: Context) -> Reply:
    return Reply(part=Text(f"谢谢你的 {ctx.argument} 分"))


class Phone:
    """A follower's WeChat in front of a house with one room."""

    def __init__(self, house: HouseUnderTest, client: Client, platform: FakeMp) -> None:
        self.house = house
        self.client = client
        self.platform = platform
        self.number = 0

    async def says(self, text: str, entry: str = "") -> list[str]:
        """Write a message; return what is shown, the response first."""
        self.number += 1
        at, before = self.house.clock.now().timestamp(), len(self.platform.delivered)
        words = said(text, self.number, at)
        if entry:
            words = words.replace("</xml>", f"<bizmsgmenuid>{entry}</bizmsgmenuid></xml>")
        query, body = Mail().http(Post().letter(words, at))
        async with self.client.post(f"/callback/mp?{query}", data=body) as answer:
            response = await answer.read()
        await self._all_sent()
        by_api = [_shown(one.body) for one in self.platform.delivered[before:]]
        if response == b"success":
            return ["", *by_api]
        return [first(Post().reply(response), "Content"), *by_api]

    async def _all_sent(self) -> None:
        waiting = "SELECT 1 FROM outbox WHERE status <> 'sent'"
        async with asyncio.timeout(10):
            while await self.house.ask(waiting):  # noqa: ASYNC110 - the rows tell, no event does
                await asyncio.sleep(0.02)


def _shown(body: dict[str, Any]) -> str:
    inside = body[body["msgtype"]]
    return str(inside.get("content") or inside.get("head_content"))


@pytest.fixture
async def phone(tmp_path: Path, platform: FakeMp) -> AsyncIterator[Phone]:
    house = HouseUnderTest(tmp_path, [Feature("talk", router=router)])
    door = account(platform, house.clock, tmp_path)
    house.house.open_doors([door])
    async with house:
        hooks = Webhooks({MP: door}, house.house.inbox.accept, house.house.passive)
        site = web.Application()
        site.add_routes(hooks.routes())
        async with TestClient(TestServer(site)) as client:
            yield Phone(house, client, platform)


async def test_a_long_answer_begins_in_the_response_and_goes_on_by_the_api(phone: Phone) -> None:
    shown = await phone.says("长")

    assert [one[:5] for one in shown] == ["（1/3）", "（2/3）", "（3/3）"]
    assert "".join(one[6:].replace("\n", "") for one in shown) == "很长的话。" * 300
    assert all(len(one.encode()) <= 2048 for one in shown)


async def test_a_menu_comes_by_the_api_and_a_press_on_it_is_answered(phone: Phone) -> None:
    assert await phone.says("卡") == ["", "满意吗?"]

    entry = phone.platform.delivered[-1].body["msgmenu"]["list"][0]["id"]
    assert await phone.says("满意", entry) == ["谢谢你的 5 分"]


async def test_two_answers_keep_their_order(phone: Phone) -> None:
    assert await phone.says("两句") == ["一", "二"]
    assert phone.platform.refused == []

"""Mini surveys through the whole bot: a table comes in, she is asked and answers; the page."""

from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import expect

from bot.app.tools import forms_of_rooms, known_to_schedules
from bot.commons import accounts
from bot.commons.content import Shelf
from bot.commons.importing import OrdersIn
from bot.kernel.desk import Role
from tests.browser.conftest import DESKTOP, PHONE, OpenPage, looks_right, sign_in
from tests.kit.street import Town, open_town
from tests.kit.web import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
SHANGHAI = ZoneInfo("Asia/Shanghai")
FILE = """
[paid]
on = false
after_hours = 2
questions = [{ text = "下单时哪一步希望我们改进？", kind = "improve" }]
[delivered]
on = true
after_hours = 1
questions = [
  { text = "拆开时，最大的惊喜是什么？", kind = "surprise" },
  { text = "希望我们改进哪里？", kind = "improve" },
]
[used]
on = true
after_days = 5
questions = [{ text = "穿了几天，希望我们改进哪里？", kind = "improve" }]
"""
HOSTILE = "<script>document.title = 'x'</script>\u202e很惊喜"


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as opened:
        now = opened.app.clock.now().astimezone(SHANGHAI)
        opened.app.clock.move_to(datetime.combine(now.date() + timedelta(1), time(9), SHANGHAI))
        house = opened.app.house
        await house.writer.do(lambda uow: accounts.add(uow, "lin", Role.OPERATOR, PASSWORD))
        yield opened


async def writes(town: Town, text: str) -> None:
    """Let an operator write the file, and the bot look at it at once."""
    config, tools = town.app.config, town.app.tools
    (config.paths.content / "minisurveys.toml").write_text(text, "utf-8")
    known, forms = known_to_schedules(config), forms_of_rooms()
    tools.add(Shelf, Shelf(config.paths.content, config.paths.schedules, known, forms=forms))


async def order(town: Town, number: str, who: str) -> None:
    """Let a table come in with an order that has just arrived."""
    now = town.app.clock.now().astimezone(SHANGHAI)
    cells = {
        "source": "pos",
        "order_id": number,
        "member": f"wecom_app:{who}",
        "paid_at": (now - timedelta(days=2)).isoformat(" ", "seconds")[:19],
        "paid_yuan": "799",
        "delivered_at": now.isoformat(" ", "seconds")[:19],
    }
    await town.app.house.writer.do(lambda uow: OrdersIn(SHANGHAI).take(uow, cells))
    await town.due("people.orders")


async def test_an_order_arrives_and_she_says_how_it_was(town: Town, open_page: OpenPage) -> None:
    await writes(town, FILE)
    for who in ("amei", "lily"):
        await town.hears(who, "打卡")
    await order(town, "A-1", "amei")
    town.app.clock.move_to(town.app.clock.now() + timedelta(hours=1, minutes=1))
    await order(town, "B-<b>2", "lily")
    await town.due("minisurveys.ask")

    assert "拆开时，最大的惊喜是什么？" in town.platform.to("amei")[-1].words
    assert "希望我们改进哪里？" in str(await town.hears("amei", HOSTILE))
    assert "都记下了" in str(await town.hears("amei", "袖子再短一点就好了，小码也再多些"))
    await _page_is_right(town, open_page)


async def _page_is_right(town: Town, open_page: OpenPage) -> None:
    host = f"http://127.0.0.1:{town.port}/console"
    async with open_page(f"{host}/sign-in") as page:
        await sign_in(page, "lin", PASSWORD)
        await page.goto(f"{host}/minisurveys")
        await expect(page.get_by_text("袖子再短一点就好了")).to_be_visible()
        await expect(page.get_by_role("cell", name="会员 2").first).to_be_visible()
        await expect(page.get_by_text("会问", exact=True)).to_have_count(1)
        assert "极简问卷" in await page.title()
        await looks_right(page, "minisurveys")
        await page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
        await page.get_by_role("link", name="没开的也算上").click()
        await expect(page.get_by_role("link", name="只算开着的")).to_be_visible()
        await page.get_by_role("link", name="意见分类").last.click()
        await expect(page.get_by_text("袖子再短一点就好了")).to_be_visible()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
async def test_the_empty_page_and_a_file_with_a_mistake(
    town: Town, open_page: OpenPage, size: tuple[int, int]
) -> None:
    host = f"http://127.0.0.1:{town.port}/console"
    async with open_page(f"{host}/sign-in", size) as page:
        await sign_in(page, "lin", PASSWORD)
        await page.goto(f"{host}/minisurveys")
        await expect(page.get_by_text("现在谁也不问")).to_be_visible()
        await writes(town, FILE.replace("after_days = 5", "after_days = 8"))
        await page.goto(f"{host}/minisurveys")
        await expect(page.get_by_role("alert")).to_contain_text("第 15 行")
        await looks_right(page, f"minisurveys-wrong-{size[0]}")

"""The page of recalls on a phone and at a desk: look, correct, start, see who was written to."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.commons import accounts, members, orders, products
from bot.commons.orders import Item, Order
from bot.commons.products import Product
from bot.commons.profiles import Ref
from bot.kernel.desk import Role
from bot.kernel.ids import ChannelName
from bot.kernel.work import UnitOfWork
from tests.browser.conftest import (
    DESKTOP,
    PHONE,
    SCREENSHOTS,
    OpenPage,
    no_wider_than_the_screen,
    sign_in,
)
from tests.kit.street import Town, open_town
from tests.kit.web import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
CHANNEL = ChannelName("wecom_app")
COUPONS = '[[coupon]]\nname = "over-300"\ntitle = "满 300 减 50"\nface_fen = 5000\n'
OFFERS = """
[price]
coupon = "over-300"
text = "{{ called }}，好久不见。"
[unknown]
content = "posts/wool.md"
"""
WOOL = '+++\nkind = "knowledge"\nstage = "purchase"\ntitle = "洗毛衣"\n+++\n毛衣这样洗。\n'
LONG = "<b>名字很长很长很长很长的阿梅</b>"


def stays_away(uow: UnitOfWork, who: str, name: str, price_fen: int) -> None:
    """Let somebody have bought three things in two orders, the last of them 60 days ago."""
    now = uow.clock.now()
    members.resolve(uow, CHANNEL, who, now, name=name)
    for ago in (90, 60):
        item = Item("coat", "大衣", quantity=2, price_fen=price_fen)
        paid_at = now - timedelta(days=ago)
        order = Order("pos", f"{who}{ago}", Ref(CHANNEL, who), paid_at, 1, items=[item])
        orders.record(uow, order)


def furnish(uow: UnitOfWork) -> None:
    accounts.add(uow, "lisi", Role.OPERATOR, PASSWORD)
    products.keep(uow, Product("coat", "大衣", "", "", 9_900, None, None, ""))
    stays_away(uow, "meimei", LONG, 5_000)
    stays_away(uow, "lihua", "丽华", 9_900)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as opened:
        await opened.app.house.writer.do(furnish)
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        yield opened


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
async def test_an_operator_looks_corrects_starts_and_stops(
    town: Town, open_page: OpenPage, size: tuple[int, int]
) -> None:
    address = f"http://127.0.0.1:{town.port}/console/recall"
    async with open_page(address, size) as page:
        await sign_in(page, "lisi", PASSWORD)
        await page.goto(address)
        await expect(page.get_by_text("还没有能发的")).to_be_visible()
        await page.screenshot(path=SCREENSHOTS / f"recall-empty-{size[0]}.png", full_page=True)
        await no_wider_than_the_screen(page)
        await town.writes("posts/wool.md", WOOL)
        await town.writes("coupons.toml", COUPONS)
        await town.writes("recall.toml", OFFERS)
        await page.goto(address)
        await expect(page.get_by_text("4 件低于原价或用了券，占 100%")).to_be_visible()
        await page.screenshot(path=SCREENSHOTS / f"recall-{size[0]}.png", full_page=True)
        await no_wider_than_the_screen(page)

        hers = page.locator("article").filter(has_text="丽华")
        await hers.locator("summary", has_text="改类型…").click()
        await hers.get_by_label("她其实").select_option("price")
        await hers.get_by_label("原因（必填，会记下来）").fill("总问有没有活动")
        await page.screenshot(path=SCREENSHOTS / f"recall-form-{size[0]}.png", full_page=True)
        await hers.get_by_role("button", name="改", exact=True).click()
        await expect(page.get_by_role("status")).to_contain_text("记下了：看重价格")
        await expect(page.get_by_text("lisi 改了：总问有没有活动")).to_be_visible()
        await page.get_by_role("button", name="撤销").click()
        await expect(page.get_by_role("status")).to_contain_text("重新按记录推算")

        await page.locator("summary", has_text="开始…").click()
        await page.get_by_role("button", name="确定开始").click()
        await expect(page.get_by_role("status")).to_contain_text("开始了")
        await expect(page.get_by_text("开着")).to_be_visible()
        await page.get_by_label("找会员").fill("丽华")
        await page.get_by_role("button", name="查找").click()
        await no_wider_than_the_screen(page)
        await page.screenshot(path=SCREENSHOTS / f"recall-on-{size[0]}.png", full_page=True)
        await page.get_by_role("button", name="停下").click()
        await expect(page.get_by_role("status")).to_contain_text("停了")

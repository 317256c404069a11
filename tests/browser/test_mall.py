"""The mall on a phone, the counter on an advisor's phone, the shelf at a desk."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.commons import accounts, coupons, members, points
from bot.commons.coupons import Kind
from bot.kernel.desk import Role
from bot.kernel.ids import ChannelName
from bot.kernel.work import UnitOfWork
from tests.browser.conftest import (
    DESKTOP,
    PHONE,
    SCREENSHOTS,
    OpenPage,
    no_wider_than_the_screen,
    says_it_is_she,
    sign_in,
)
from tests.kit.street import Town, open_town
from tests.kit.web import PASSWORD
from tests.kit.workshop import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

FIFTY = Kind(name="fifty", title="满 300 减 50", face_fen=5000, minimum_fen=30000)
HEAD = '+++\nkind = "interactive"\nstage = "purchase"\nstock = 20\n'
GOODS = {
    "x": 'title = "羊绒围巾"\nflash = true\n+++\n先到先得。\n',
    "y": 'title = "限量外套"\npoints = 30\nreserve_hours = 24\n+++\n留一天。\n',
}


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as opened:
        await opened.app.house.writer.do(_stock)
        (tmp_path / "content" / "goods").mkdir()
        for name, words in GOODS.items():
            (tmp_path / "content" / "goods" / f"{name}.md").write_text(HEAD + words, "utf-8")
        await until(lambda: _is_stocked(opened))
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        yield opened


def _stock(uow: UnitOfWork) -> None:
    accounts.add(uow, "amei", Role.OPERATOR, PASSWORD)
    accounts.add(uow, "lisi", Role.ADVISOR, PASSWORD)
    now = uow.clock.now()
    lihua = members.resolve(uow, ChannelName("wecom_app"), "lihua", now, name="李华")
    points.award(uow, lihua, 100, reason="checkin", key="a")
    ends = now + timedelta(days=30)
    coupons.issue(uow, lihua, FIFTY, key="k", reason="gift", valid_until=ends)


async def _is_stocked(town: Town) -> bool:
    await town.app.house.clockwork.run_all()
    return await town.ask("SELECT count(*) FROM mall_goods") == [(2,)]


async def test_a_member_claims_and_an_advisor_hands_over_and_redeems(
    town: Town, open_page: OpenPage
) -> None:
    host = f"http://127.0.0.1:{town.port}"
    async with open_page(host + await town.link("lihua", "积分商城"), PHONE) as page:
        await says_it_is_she(page)
        await page.get_by_role("button", name="秒杀").click()
        await expect(page.get_by_role("status")).to_contain_text("抢到了：羊绒围巾")
        await page.locator("summary", has_text="预留").click()
        await no_wider_than_the_screen(page)
        await page.screenshot(path=SCREENSHOTS / "mall-390.png", full_page=True)
        await page.get_by_role("button", name="确定预留").click()
        await expect(page.get_by_role("status")).to_contain_text("冻结了 30 积分")
        await page.goto(f"{host}/m/mall/mine")
        await page.locator("summary", has_text="到店使用").click()
        code = await page.locator("strong", has_text="-").first.inner_text()
        await expect(page.locator(".qr svg").first).to_be_visible()
        await no_wider_than_the_screen(page)
        await page.screenshot(path=SCREENSHOTS / "benefits-390.png", full_page=True)

    [claim] = await town.ask("SELECT code FROM mall_claims WHERE state = 'held'")
    async with open_page(f"{host}/console/redeem?code={code}", PHONE) as page:
        await sign_in(page, "lisi", PASSWORD)
        await expect(page.get_by_text("减 50 元，满 300 元可用")).to_be_visible()
        await expect(page.get_by_text("李华")).to_be_visible()
        await page.get_by_label("消费金额").fill("399")
        await page.get_by_label("订单号").fill("A1")
        await no_wider_than_the_screen(page)
        await page.screenshot(path=SCREENSHOTS / "redeem-390.png", full_page=True)
        await page.get_by_role("button", name="确认核销").click()
        await expect(page.get_by_role("status")).to_contain_text("减 50 元，应收 349 元")
        await expect(page.get_by_text("一共：1 张，减了 50 元")).to_be_visible()
        await page.locator("summary", has_text="撤销").first.click()
        await no_wider_than_the_screen(page)

        await page.goto(f"{host}/console/handover?code={claim[0]}")
        await page.screenshot(path=SCREENSHOTS / "handover-390.png", full_page=True)
        await page.get_by_role("button", name="确认交货").click()
        await expect(page.get_by_role("status")).to_contain_text("已交货：限量外套")
        await no_wider_than_the_screen(page)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
async def test_an_operator_makes_goods_and_sees_coupons(
    town: Town, open_page: OpenPage, size: tuple[int, int]
) -> None:
    host = f"http://127.0.0.1:{town.port}"
    async with open_page(f"{host}/console/mall", size) as page:
        await sign_in(page, "amei", PASSWORD)
        await page.goto(f"{host}/console/mall")
        await page.get_by_label("名称").fill("帆布袋")
        await page.get_by_label("一共几件").fill("5")
        await no_wider_than_the_screen(page)
        await page.screenshot(path=SCREENSHOTS / f"mall-console-{size[0]}.png", full_page=True)
        await page.get_by_role("button", name="写成文件").click()
        await expect(page.get_by_role("status")).to_contain_text("写好了：content/goods/帆布袋.md")
        await page.goto(f"{host}/console/coupons")
        await expect(page.get_by_text("发了 1 张，减了 0 元")).to_be_visible()
        await no_wider_than_the_screen(page)
        await page.screenshot(path=SCREENSHOTS / f"coupons-{size[0]}.png", full_page=True)

"""The statement on a phone, the ledger at a desk."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.commons import accounts, members, points
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

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as opened:
        await opened.app.house.writer.do(_history)
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        yield opened


def _history(uow: UnitOfWork) -> None:
    accounts.add(uow, "lisi", Role.OPERATOR, PASSWORD)
    now = uow.clock.now()
    lihua = members.resolve(uow, ChannelName("wecom_app"), "lihua", now, name="李华")
    soon = now + timedelta(days=9)
    points.award(uow, lihua, 30, reason="checkin", key="a", expires_at=soon)
    points.hold(uow, lihua, 8, reason="correction", key="h", until=soon)
    points.spend(uow, lihua, 12, reason="correction", key="s")


async def test_a_member_reads_her_statement(town: Town, open_page: OpenPage) -> None:
    link = await town.link("lihua", "我的积分")
    async with open_page(f"http://127.0.0.1:{town.port}{link}", PHONE) as page:
        await says_it_is_she(page)
        await expect(page.get_by_text("打卡 +30")).to_be_visible()
        await expect(page.get_by_text("得到 30 分，用掉 12 分")).to_be_visible()
        await no_wider_than_the_screen(page)
        await page.screenshot(path=SCREENSHOTS / "wallet-390.png", full_page=True)
        await page.get_by_role("link", name="上个月").click()
        await expect(page.get_by_text("这个月没有积分变动")).to_be_visible()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
async def test_an_operator_corrects_and_undoes(
    town: Town, open_page: OpenPage, size: tuple[int, int]
) -> None:
    address = f"http://127.0.0.1:{town.port}/console/points"
    async with open_page(address, size) as page:
        await sign_in(page, "lisi", PASSWORD)
        await page.goto(f"{address}?q=李华")
        await page.locator("summary", has_text="人工调整").click()
        await page.get_by_label("多少分").fill("5")
        await page.get_by_label("原因（必填，会记下来）").fill("补发")
        await no_wider_than_the_screen(page)
        await page.screenshot(path=SCREENSHOTS / f"points-{size[0]}.png", full_page=True)
        await page.get_by_role("button", name="确定调整").click()
        await expect(page.get_by_role("status")).to_contain_text("已加 5 分，现在能用 15 分")

        await page.goto(f"{address}?q=李华")
        await page.locator("summary", has_text="撤销").first.click()
        await page.get_by_label("原因（必填）", exact=True).first.fill("点错了")
        await page.get_by_role("button", name="确定撤销").first.click()
        await expect(page.get_by_role("status")).to_contain_text("已撤销，现在能用 10 分")
        await page.goto(f"{address}?books=1")
        await expect(page.get_by_text("账是平的")).to_be_visible()
        await no_wider_than_the_screen(page)
        await page.screenshot(path=SCREENSHOTS / f"books-{size[0]}.png", full_page=True)

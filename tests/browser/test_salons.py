"""Salons in a browser: a member signs up, operators look on and move them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from bot.commons import members
from bot.kernel.ids import ChannelName
from bot.kernel.work import UnitOfWork
from tests.browser.conftest import DESKTOP, SCREENSHOTS, looks_right
from tests.kit.oauth import Person
from tests.kit.street import Town, open_town
from tests.kit.visits import WECOM, phone
from tests.stories.test_salon_day import CONSOLE, LIHUA, PAGE, ZHANG, runs, writes

pytestmark = pytest.mark.browser
APP = ChannelName("wecom_app")
NARROW = (375, 812)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """Offer a bot with a salon of one place, which 李华 has; 王 waits for it."""
    async with open_town(tmp_path, CONSOLE) as opened:
        await writes(opened)

        def names(uow: UnitOfWork) -> None:
            for who, name in (("lihua", "李华"), ("wang", "王小姐")):
                members.resolve(uow, APP, who, uow.clock.now(), name=name)

        await opened.app.house.writer.do(names)
        for who in ("lihua", "wang"):
            await opened.hears(who, "报名 101")
        yield opened


@asynccontextmanager
async def opened(
    browser: Browser, town: Town, person: Person, address: str, **options: Any
) -> AsyncIterator[Page]:
    """Open a page for somebody who is signed in; a sideways scroll fails the test."""
    area = "/console/" if address.startswith("/console") else "/m/"
    async with phone(town.port, town.platform, person, agent=WECOM, area=area) as entered:
        await entered.open(address)
        cookies = [(one.key, one.value) for one in entered.client.cookie_jar]
    base = f"http://127.0.0.1:{town.port}"
    context = await browser.new_context(base_url=base, user_agent=WECOM, locale="zh-CN", **options)
    await context.add_cookies(
        [{"name": name, "value": value, "url": base} for name, value in cookies]
    )
    page = await context.new_page()
    await page.goto(address)
    yield page
    assert await page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    await context.close()


def size(of: tuple[int, int]) -> dict[str, dict[str, int]]:
    return {"viewport": {"width": of[0], "height": of[1]}}


async def test_a_member_signs_up_shows_her_code_and_cancels(browser: Browser, town: Town) -> None:
    async with opened(browser, town, LIHUA, PAGE, **size(NARROW)) as page:
        await page.get_by_text("进门给同事扫的码").click()
        await expect(page.get_by_role("img", name="的二维码")).to_be_visible()
        await page.screenshot(path=SCREENSHOTS / "salon-mine.png", full_page=True)
        await page.get_by_text("来不了…").click()
        await page.get_by_role("button", name="确定取消报名").click()
        await expect(page.get_by_role("status")).to_contain_text("取消好了")
        await runs(town)
        await page.get_by_role("button", name="排候补").click()
        await expect(page.get_by_role("status")).to_contain_text("排上候补")


async def test_the_page_of_salons(browser: Browser, town: Town) -> None:
    async with opened(browser, town, ZHANG, "/console/salons", **size(DESKTOP)) as page:
        await page.get_by_text("会员看到的样子").click()
        await expect(page.get_by_text("名额 1 位，还有 0 位")).to_be_visible()
        await page.get_by_text("名单（2 人）").click()
        await expect(page.get_by_role("listitem").filter(has_text="王小姐")).to_be_visible()
        await looks_right(page, "salons")
        later = (town.app.clock.now() + timedelta(days=6)).strftime("%Y-%m-%dT10:00")
        await page.get_by_text("改时间、地点、名额…").click()
        await page.locator("input[name=starts_at]").first.fill(later)
        await page.locator("input[name=ends_at]").first.fill("")
        await page.get_by_role("button", name="确定改").click()
        await expect(page.get_by_text("写好了：content/salons/a.md")).to_be_visible()

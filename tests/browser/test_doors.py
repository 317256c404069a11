"""The door in a browser: an advisor ticks on her phone, and a member says how it was."""

import re
from datetime import timedelta

import pytest
from playwright.async_api import Browser, expect

from bot.features.doors import arriving
from bot.kernel.ids import MemberId
from tests.browser.conftest import PHONE, SCREENSHOTS
from tests.browser.test_salons import NARROW, opened, size, town
from tests.kit.street import Town
from tests.stories.test_salon_day import LIHUA, LIU, PAGE, runs

__all__ = ["town"]
pytestmark = pytest.mark.browser
LIHUAS = MemberId(1)


async def test_one_tap_at_the_door_without_a_script(browser: Browser, town: Town) -> None:
    address = "/console/door?salon=101"
    options = {**size(PHONE), "java_script_enabled": False}
    async with opened(browser, town, LIU, address, **options) as page:
        await page.get_by_role("button", name=re.compile("到了.*李华")).click()
        await expect(page.get_by_text("李华 到了。")).to_be_visible()
        await expect(page.get_by_text("1/1")).to_be_visible()
        assert page.url.endswith(address)
        await page.screenshot(path=SCREENSHOTS / "salon-door.png", full_page=True)
        await page.get_by_role("button", name=re.compile("撤销.*李华")).click()
        await expect(page.get_by_text("0/1")).to_be_visible()
        await page.get_by_label("名字、入场码或者几号").fill("王")
        await page.get_by_role("button", name="找").click()
        await expect(page.get_by_role("button", name=re.compile("到了.*王小姐"))).to_be_visible()
        assert await page.get_by_role("button", name=re.compile("到了.*李华")).count() == 0
        box = await page.get_by_role("button", name=re.compile("到了.*王小姐")).bounding_box()
        assert box is not None
        assert box["height"] >= 44


async def test_a_member_says_how_it_was(browser: Browser, town: Town) -> None:
    await town.app.house.writer.do(lambda uow: arriving.came(uow, 1, LIHUAS, who="lin"))
    town.app.clock.move_to(town.app.clock.now() + timedelta(days=6))
    await runs(town)
    async with opened(browser, town, LIHUA, PAGE, **size(NARROW)) as page:
        await page.get_by_role("link", name="说说觉得怎么样").click()
        await page.get_by_text("5 分", exact=True).click()
        await page.get_by_label("想说的话").fill("茶很好，灯光再亮一点就更好了")
        await page.screenshot(path=SCREENSHOTS / "salon-feedback.png", full_page=True)
        await page.get_by_role("button", name="告诉店里").click()
        await expect(page.get_by_role("status")).to_contain_text("5 分记下了")
        await page.get_by_role("link", name="看看最近的活动").click()
        await expect(page.get_by_role("link", name="你给了 5 分")).to_be_visible()
        await page.screenshot(path=SCREENSHOTS / "salon-after.png", full_page=True)

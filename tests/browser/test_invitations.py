"""The page of invitations in a browser: whom they go to, what comes, and a word to those in."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.conftest import PHONE, looks_right
from tests.browser.test_salons import opened, size
from tests.kit.street import Town
from tests.stories.test_invitations_day import town
from tests.stories.test_salon_day import ZHANG, heard, runs

__all__ = ["town"]
pytestmark = pytest.mark.browser


async def test_the_page_of_invitations(browser: Browser, town: Town) -> None:
    await town.hears("lihua", "报名 101")
    async with opened(browser, town, ZHANG, "/console/invitations", **size(PHONE)) as page:
        await expect(page.get_by_text("先请的人请完了")).to_be_visible()
        await page.get_by_text("告诉有位置的人…").click()
        await page.get_by_label("说什么").fill("请带一件旧大衣")
        await page.get_by_role("button", name="发给他们").click()
        await expect(page.get_by_role("status")).to_contain_text("正在告诉“冬日大衣”有位置的人")
        await expect(page.get_by_text("通知（正在发）：请带一件旧大衣")).to_be_visible()
        await looks_right(page, "invitations")
    await runs(town)
    assert heard(town, "lihua").count("请带一件旧大衣") == 1

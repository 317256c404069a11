"""Operators look after members: find her, give a tier with a reason, take it back."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import (
    DESKTOP,
    PHONE,
    SCREENSHOTS,
    OpenPage,
    no_wider_than_the_screen,
    sign_in,
)
from tests.browser.test_demo import demo

__all__ = ["demo"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
async def test_the_page_of_members(demo: str, open_page: OpenPage, size: tuple[int, int]) -> None:
    console = demo.replace("simulator/", "console/")
    async with open_page(console, size) as page:
        await sign_in(page, "demo", "demo-demo-demo")
        await page.goto(f"{console}people?q=1")
        await page.get_by_role("link", name="会员 1").first.click()
        await page.select_option("#give", "时光挚友")
        await page.get_by_role("button", name="下一步").click()
        await page.get_by_label("原因（必填，会记下来）").fill("老客")
        await page.get_by_role("button", name="确认").click()
        await expect(page.get_by_text("等级是“时光挚友”")).to_be_visible()

        await page.goto(f"{console}people?member=1&tier=时光挚友")
        await page.get_by_label("加一个标签").fill("通勤")
        await expect(page.get_by_text("demo：老客")).to_be_visible()
        await no_wider_than_the_screen(page)
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=SCREENSHOTS / f"people-{size[0]}.png", full_page=True)
        await page.get_by_role("button", name="加上").click()
        await expect(page.get_by_text("有标签“通勤”")).to_be_visible()

        await page.goto(f"{console}people?member=1")
        await page.get_by_role("link", name="改回去").click()
        await page.get_by_label("原因（必填，会记下来）").fill("点错了")
        await page.get_by_role("button", name="确认").click()
        await expect(page.get_by_text("现在没有等级")).to_be_visible()

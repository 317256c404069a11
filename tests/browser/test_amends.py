"""An advisor makes up for something on a phone, and keeps a task to ask again."""

import aiohttp
import pytest
from playwright.async_api import expect

from bot.commons.accounts import DEMO_NAME, DEMO_PASSWORD
from tests.browser.conftest import PHONE, OpenPage, looks_right, sign_in
from tests.browser.test_demo import ANSWERS_WITHIN_MS as SOON_MS
from tests.browser.test_demo import demo
from tests.browser.test_desk import COMPLAINT, Shop

__all__ = ["demo"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


async def test_a_coupon_is_given_and_a_task_kept_on_a_phone(demo: str, open_page: OpenPage) -> None:
    address = demo.partition("/simulator")[0]
    async with aiohttp.ClientSession() as http:
        await Shop(address, http).hears("linlin", COMPLAINT)
    async with open_page(f"{address}/desk/", PHONE) as page:
        await sign_in(page, DEMO_NAME, DEMO_PASSWORD)
        row = page.locator(".inbox article").filter(has_text="扣子").first
        await expect(row).to_be_visible(timeout=SOON_MS)
        await row.locator("a.open").click()
        await page.wait_for_url("**/desk/cases/*")
        case = page.url
        await page.get_by_role("button", name="接手").click()
        await expect(page.locator(".note.good")).to_be_visible()
        await page.goto(case.replace("/desk/cases/", "/desk/amend/"))
        await page.get_by_label("给什么").select_option("coffee:coupon")
        await page.get_by_label("为什么").fill("扣子掉了")
        await page.get_by_role("button", name="补偿", exact=True).click()
        await expect(page.locator(".note.good")).to_contain_text("给好了")
        await looks_right(page, "desk-amend")

        await page.goto(case.replace("/desk/cases/", "/desk/followup/"))
        await page.get_by_label("做什么").fill("问问扣子修好没有")
        await page.get_by_role("button", name="记下").click()
        await expect(page.locator(".note.good")).to_contain_text("记下了")
        await looks_right(page, "desk-followup")

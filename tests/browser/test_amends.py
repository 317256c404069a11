"""An advisor makes up for something on a phone, and keeps a task to ask again."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import PHONE, OpenPage, no_wider_than_the_screen
from tests.browser.test_demo import ANSWERS_WITHIN_MS as SOON_MS
from tests.browser.test_demo import demo
from tests.browser.test_desk import COMPLAINT, at_desk, says, shoot

__all__ = ["demo"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


async def test_a_coupon_is_given_and_a_task_kept_on_a_phone(demo: str, open_page: OpenPage) -> None:
    says(demo, COMPLAINT, "linlin")
    async with at_desk(demo, open_page, PHONE) as page:
        row = page.locator(".inbox article").filter(has_text="扣子").first
        await expect(row).to_be_visible(timeout=SOON_MS)
        await row.locator("a.open").click()
        await page.wait_for_url("**/desk/case/*")
        case = page.url
        await page.get_by_role("button", name="接手").click()
        await expect(page.locator(".note.good")).to_be_visible()
        await page.goto(case.replace("/desk/case/", "/desk/amend/"))
        await page.get_by_label("给什么").select_option("coffee:coupon")
        await page.get_by_label("为什么").fill("扣子掉了")
        await page.get_by_role("button", name="补偿", exact=True).click()
        await expect(page.locator(".note.good")).to_contain_text("给好了")
        await no_wider_than_the_screen(page)
        await shoot(page, "desk-amend", PHONE)

        await page.goto(case.replace("/desk/case/", "/desk/followup/"))
        await page.get_by_label("做什么").fill("问问扣子修好没有")
        await page.get_by_role("button", name="记下").click()
        await expect(page.locator(".note.good")).to_contain_text("记下了")
        await no_wider_than_the_screen(page)
        await shoot(page, "desk-followup", PHONE)

"""The page of mass sends as an operator uses it, at a desk and on a phone."""

from collections.abc import AsyncIterator
from pathlib import Path

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
from tests.kit.mass_day import OPERATOR, MassDay, mass_day
from tests.kit.web import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.fixture
async def day(tmp_path: Path) -> AsyncIterator[MassDay]:
    async with mass_day(tmp_path, groups=7) as opened:
        yield opened


async def test_an_operator_reminds_an_owner_and_cancels_another(
    day: MassDay, open_page: OpenPage
) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    address = f"{day.url}/console/mass-send"
    async with open_page(address, DESKTOP) as page:
        await sign_in(page, OPERATOR, PASSWORD)
        await page.goto(address)
        await expect(page.get_by_text("平台规定由真人点发送")).to_be_visible()
        await page.screenshot(path=SCREENSHOTS / "mass-send-empty-1280.png")

        day.platform.dead_chats = {"wrINVENTED0002"}
        await day.pass_(seconds=10)
        await day.pass_(seconds=31)
        day.platform.confirm(*day.platform.tasks_of("zhangsan"))
        await day.pass_(minutes=10)
        await page.goto(address)
        await expect(page.locator("#sleepers + table")).to_contain_text("lisi")
        await page.get_by_role("button", name="现在提醒").click()
        await expect(page.get_by_role("status")).to_contain_text("马上提醒群主确认")
        await page.screenshot(path=SCREENSHOTS / "mass-send-1280.png", full_page=True)
    assert len(day.platform.tasks_of("lisi")[0].reminded) == 1

    async with open_page(address, PHONE) as page:
        await sign_in(page, OPERATOR, PASSWORD)
        await page.goto(f"{address}?task=1#opened")
        await no_wider_than_the_screen(page)
        await page.screenshot(path=SCREENSHOTS / "mass-send-390.png", full_page=True)
        await page.goto(address)
        await page.locator("summary", has_text="取消").click()
        await no_wider_than_the_screen(page)
        await page.screenshot(path=SCREENSHOTS / "mass-send-390-confirm.png", full_page=True)
        await page.get_by_role("button", name="确认取消").click()
        await expect(page.get_by_role("status")).to_contain_text("正在取消")
    await day.app.house.engine.settle()
    assert day.platform.tasks_of("lisi")[0].cancelled

    async with open_page(address, PHONE, dark=True) as page:
        await sign_in(page, OPERATOR, PASSWORD)
        await page.goto(address)
        await page.screenshot(path=SCREENSHOTS / "mass-send-390-dark.png", full_page=True)


async def test_an_operator_writes_one_by_hand(day: MassDay, open_page: OpenPage) -> None:
    address = f"{day.url}/console/mass-send"
    async with open_page(address, PHONE) as page:
        await sign_in(page, OPERATOR, PASSWORD)
        await page.goto(address)
        await page.get_by_role("link", name="群发到客户群").click()
        await page.get_by_role("combobox", name="内容").select_option("posts/2.md")
        await page.get_by_label("拾光衣橱 · 穿搭 0 群").check()
        await page.get_by_label("拾光衣橱 · 穿搭 1 群").check()
        await page.get_by_role("button", name="看看效果").click()
        await expect(page.get_by_text("发给 2 个群，要这些群主各确认一次")).to_be_visible()
        await page.locator("summary", has_text="交给群主").click()
        await no_wider_than_the_screen(page)
        await page.screenshot(path=SCREENSHOTS / "mass-send-new-390.png", full_page=True)
        await page.get_by_role("button", name="确认，交给群主").click()
        await expect(page.get_by_role("status")).to_contain_text("2 个群很快会合成群发")

    await day.pass_(seconds=31)
    said = [task for task in day.platform.tasks.values() if task.text.startswith("第 3 天")]
    assert [task.owner for task in said] == ["zhangsan", "lisi"]


async def test_an_operator_sends_to_customers_and_sees_who_is_left_out(
    day: MassDay, open_page: OpenPage
) -> None:
    for number in range(12):
        day.platform.befriends(number, ("lihua", "wangfang")[number % 2])
    await day.pass_(hours=25)
    address = f"{day.url}/console/mass-send"
    for size, name in ((PHONE, "390"), (DESKTOP, "1280")):
        async with open_page(address, size) as page:
            await sign_in(page, OPERATOR, PASSWORD)
            await page.goto(address)
            await page.get_by_role("link", name="群发给客户").click()
            await page.get_by_role("combobox", name="内容").select_option("posts/2.md")
            await page.get_by_label("lihua").check()
            await page.get_by_label("wangfang").check()
            await page.get_by_role("button", name="看看发给谁").click()
            await no_wider_than_the_screen(page)
            for summary in await page.locator("#preview summary").all():
                await summary.click()
            await no_wider_than_the_screen(page)
            shot = SCREENSHOTS / f"mass-send-customers-{name}.png"
            await page.screenshot(path=shot, full_page=True)
            if size == PHONE:
                await expect(page.get_by_text("发给 12 位客户")).to_be_visible()
                await page.get_by_role("button", name="确认，交给同事").click()
                await expect(page.get_by_role("status")).to_contain_text("12 位客户的群发很快")
                await day.pass_(seconds=31)
            else:
                await expect(page.get_by_text("选中的客户一位也不能发")).to_be_visible()
                await expect(
                    page.get_by_text("已有同样的内容，送达过或在等确认 12 位")
                ).to_be_visible()
    (task,) = day.platform.tasks_of("lihua")
    task.missed = {task.wanted[1]: 3}
    day.platform.confirm(task)
    await day.pass_(minutes=10)
    async with open_page(address, PHONE) as page:
        await sign_in(page, OPERATOR, PASSWORD)
        await page.goto(address)
        await page.locator("section li.item", has_text="lihua").get_by_role("link").click()
        await no_wider_than_the_screen(page)
        await expect(page.get_by_text("已收满其他群发")).to_be_visible()
        await page.screenshot(path=SCREENSHOTS / "mass-send-customers-task-390.png", full_page=True)

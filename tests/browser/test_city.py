"""Every console page with every door open, names that mean harm, at a desk and on a phone."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.kernel.work import Statement, UnitOfWork
from tests.browser.conftest import DESKTOP, PHONE, OpenPage, looks_right, sign_in
from tests.kit.city import OPERATOR, City, open_city
from tests.kit.customers import customer
from tests.kit.web import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

NAMES = (
    "<img src=x onerror=alert(1)>",
    '=cmd|"/C calc"!A0',
    "\u202etxet desrever",
    "👩‍👩‍👧‍👦💃🏽" * 3,
    "{{7*7}}",
    "W" * 64,
)
RENAME = Statement("UPDATE members SET display_name = :name WHERE id = :member")


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[City]:
    async with open_city(tmp_path) as opened:
        for number, name in enumerate(NAMES, 1):
            who = customer(number)
            await opened.tells("customer_groups", opened.out.groups.joins(1, who))
            await opened.customer_writes("打卡", who)
            await opened.customer_writes("转人工", who)
            [(member,)] = await opened.ask(
                f"SELECT DISTINCT member_id FROM identities WHERE identity = '{who}'"
            )
            rename = partial(UnitOfWork.run, statement=RENAME, name=name, member=member)
            await opened.app.house.writer.do(rename)
        await opened.tells("customer_groups", opened.out.groups.renames(1, NAMES[-1]))
        yield opened


async def test_every_page_fits_and_shows_names_as_words(city: City, open_page: OpenPage) -> None:
    async with open_page(f"{city.url}/console/") as page:
        await sign_in(page, OPERATOR, PASSWORD)
        pages = await page.locator("#pages li a").evaluate_all("links => links.map(l => l.href)")
        assert len(pages) >= 17
        for address in (*pages, f"{city.url}/console/mass-send?new=1"):
            await page.goto(address)
            assert await page.locator("img[src=x]").count() == 0
            await looks_right(page, f"city-{address.rstrip('/').rsplit('/', 1)[1]}")


async def test_on_a_phone_the_menu_unfolds_and_leads_on(city: City, open_page: OpenPage) -> None:
    async with open_page(f"{city.url}/console/", PHONE) as page:
        await sign_in(page, OPERATOR, PASSWORD)
        menu = page.get_by_role("navigation", name="控制台")
        await expect(menu).to_be_hidden()
        await page.get_by_role("link", name="菜单").first.click()
        await menu.get_by_text("内容与群").press("Enter")
        await expect(menu.get_by_role("link", name="入群欢迎语")).to_be_visible()
        await menu.get_by_role("link", name="收起菜单").click()
        await expect(menu).to_be_hidden()
        await page.get_by_role("link", name="菜单").first.click()
        await menu.get_by_role("link", name="群发").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("群发")
        await expect(menu).to_be_hidden()


async def test_what_a_form_did_not_do_is_said_in_red_and_names_the_field(
    city: City, open_page: OpenPage
) -> None:
    async with open_page(f"{city.url}/console/handoff", DESKTOP) as page:
        await sign_in(page, OPERATOR, PASSWORD)
        await page.goto(f"{city.url}/console/handoff")
        await page.get_by_label("企业成员账号").fill("李 华")
        await page.get_by_role("button", name="加为接待人员").click()
        await expect(page.get_by_role("alert")).to_contain_text("成员账号不对")


async def test_an_operator_has_every_door_examined(city: City, open_page: OpenPage) -> None:
    async with open_page(f"{city.url}/console/") as page:
        await sign_in(page, OPERATOR, PASSWORD)
        await page.goto(f"{city.url}/console/doctor")
        await expect(page.get_by_text("还没有检查过")).to_be_visible()
        await page.get_by_role("button", name="现在检查").click()
        await expect(page.get_by_text("开始检查了")).to_be_visible()
        again = page.get_by_role("button", name="现在检查")
        await expect(again).to_be_visible(timeout=40_000)  # the page looks by itself
        for door in ("本机", "微信客服", "公众号"):
            await expect(page.get_by_role("heading", name=door, exact=True)).to_be_visible()
        await expect(page.get_by_text(f"{OPERATOR} 要求检查")).to_be_visible()
        tables = page.locator(".room table")
        assert await tables.count() == await page.locator(".room table.stacked").count()
        await looks_right(page, "doctor")


async def test_whose_question_about_her_data_waits_is_shown_beside_her(
    city: City, open_page: OpenPage
) -> None:
    await city.customer_writes("我的数据", customer(1))
    async with open_page(f"{city.url}/console/") as page:
        await sign_in(page, OPERATOR, PASSWORD)
        await page.goto(f"{city.url}/console/handoff")
        await expect(page.get_by_text("问过自己的数据，还没回答")).to_be_visible()
        await looks_right(page, "handoff-asked")


async def test_what_was_typed_is_still_there_after_a_refusal(
    city: City, open_page: OpenPage
) -> None:
    address = f"{city.url}/console/polls"
    async with open_page(address, PHONE) as page:
        await sign_in(page, OPERATOR, PASSWORD)
        await page.goto(address)
        await page.get_by_label("标题").fill("春天进什么")
        await page.get_by_label("选项，一行一个，2 到 20 个").fill("只有一个")
        await page.get_by_label("投票时就能看到票数").check()
        await page.get_by_role("button", name="写成文件").click()
        await expect(page.get_by_role("alert")).to_be_visible()
        await expect(page.get_by_label("标题")).to_have_value("春天进什么")
        await expect(page.get_by_label("选项，一行一个，2 到 20 个")).to_have_value("只有一个")
        await expect(page.get_by_label("投票时就能看到票数")).to_be_checked()

        await page.goto(address)
        await expect(page.get_by_label("标题")).to_have_value("")

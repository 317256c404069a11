"""排行榜, 邀请 and 预约 on a phone, and their pages at a desk."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bot.commons import accounts, audience, members
from bot.features.rankings import keeping
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
from tests.features.bookings.conftest import HEAD
from tests.features.referral.conftest import KINDS, TERMS
from tests.kit.street import Town, open_town
from tests.kit.web import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

APP = ChannelName("wecom_app")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKLY = ", ".join(f'{day} = ["10:00", "14:30"]' for day in DAYS)
SERVICE = (
    f'title = "私人衣橱整理"\nadvisor = "lisi"\nduration_minutes = 90\naddress = true\n'
    f"weekly = {{ {WEEKLY} }}\n"
)
MORE = """
[[advisors]]
userid = "lisi"
name = "李顾问"
"""
NAMES = ("李华", "陈美丽", "<b>王小明</b>", "欧阳一个名字很长很长的会员姐姐", "张三")


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path, MORE) as opened:
        content = tmp_path / "content"
        (content / "services").mkdir()
        matter = f"+++\n{HEAD}{SERVICE}+++\n带上你最常穿的几件，我们一起理。\n"
        (content / "services" / "tidy.md").write_text(matter, encoding="utf-8")
        (content / "coupons.toml").write_text(KINDS, encoding="utf-8")
        (content / "referral.toml").write_text(TERMS, encoding="utf-8")
        await opened.app.house.writer.do(_history)
        await asyncio.sleep(1.1)  # the shelf looks again after a second
        await opened.app.house.clockwork.run_all()
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        yield opened


def _history(uow: UnitOfWork) -> None:
    accounts.add(uow, "lisi", Role.OPERATOR, PASSWORD)
    now = uow.clock.now()
    today = (now + timedelta(hours=8)).date()
    for number, name in enumerate(NAMES):
        identity = "lihua" if not number else f"m{number}"
        her = members.resolve(uow, APP, identity, now, name=name)
        audience.spoke(uow, APP, "vip-1", her, now)
        for ago in range(9 - 2 * number):
            keeping.mark(uow, her, today - timedelta(days=ago))


async def fits(page: Page, name: str) -> None:
    await no_wider_than_the_screen(page)
    small = await page.evaluate(
        "[...document.querySelectorAll('button, input')]"
        ".filter(it => it.offsetParent && !['hidden', 'radio', 'checkbox'].includes(it.type)"
        " && it.getBoundingClientRect().height < 24).length"
    )
    assert small == 0
    await page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


async def test_a_member_sees_the_board_and_leaves_it(town: Town, open_page: OpenPage) -> None:
    link = await town.link("lihua", "排行榜")
    async with open_page(f"http://127.0.0.1:{town.port}{link}", PHONE) as page:
        await says_it_is_she(page)
        await expect(page.get_by_role("heading", name="正在连续打卡")).to_be_visible()
        await expect(page.get_by_text("<b>王小明</b>").first).to_be_visible()
        await expect(page.get_by_text("张三")).to_have_count(0)
        await fits(page, "rankings-390")
        await page.get_by_role("button", name="退出排行榜").click()
        await expect(page.get_by_role("status")).to_contain_text("你不在排行榜上了")
        await page.get_by_role("button", name="加入排行榜").click()
        await expect(page.get_by_role("status")).to_contain_text("欢迎回到排行榜")


async def test_a_member_shows_her_code_and_a_friend_takes_it(
    town: Town, open_page: OpenPage
) -> None:
    base = f"http://127.0.0.1:{town.port}"
    mine = await town.link("lihua", "邀请")
    async with open_page(f"{base}{mine}", PHONE) as page:
        await says_it_is_she(page)
        await expect(page.get_by_role("img", name="的二维码")).to_be_visible()
        await expect(page.get_by_text("光转发、光分享，什么也不给")).to_be_visible()
        code = await page.locator("section strong").first.inner_text()
        await page.wait_for_function("document.images[0].naturalWidth > 0")
        await fits(page, "referral-390")
    theirs = await town.link("xiaomei", "邀请")
    async with open_page(f"{base}{theirs}", PHONE) as page:
        await says_it_is_she(page)
        await page.goto(f"{base}/m/referral/welcome?code={code}")
        await fits(page, "referral-welcome-390")
        await page.get_by_role("button", name=f"用邀请码 {code}").click()
        await expect(page.get_by_role("status")).to_contain_text("记下了，是朋友介绍你来的")


async def test_a_member_books_moves_and_cancels(town: Town, open_page: OpenPage) -> None:
    link = await town.link("lihua", "预约")
    async with open_page(f"http://127.0.0.1:{town.port}{link}", PHONE) as page:
        await says_it_is_she(page)
        await fits(page, "bookings-390")
        await page.get_by_role("radio").nth(3).check(force=True)
        await page.get_by_label("上门地址").fill("某路 1 号")
        await page.get_by_role("button", name="约这个时间").click()
        await expect(page.get_by_role("status")).to_contain_text("约好了：私人衣橱整理")
        await expect(page.get_by_role("link", name="放进日历")).to_be_visible()
        await page.locator("summary", has_text="换时间").click()
        await page.get_by_role("radio").nth(6).check(force=True)
        await page.get_by_role("button", name="换到这个时间").click()
        await expect(page.get_by_role("status")).to_contain_text("改好了")
        await fits(page, "bookings-booked-390")
        await page.locator("summary", has_text="取消…").click()
        await page.get_by_role("button", name="确定取消").click()
        await expect(page.get_by_role("status")).to_contain_text("取消了")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
async def test_operators_look_after_them(
    town: Town, open_page: OpenPage, size: tuple[int, int]
) -> None:
    base = f"http://127.0.0.1:{town.port}/console"
    code = (await town.hears("lihua", "邀请"))[0].partition("邀请码：")[2][:11]
    await town.hears("xiaomei", f"邀请码 {code}")
    await town.hears("lihua", f"邀请码 {code}")
    await town.hears("lihua", f"预约 1 {_tomorrow(town)} 10:00")
    async with open_page(f"{base}/rankings", size) as page:
        await sign_in(page, "lisi", PASSWORD)
        await page.goto(f"{base}/rankings")
        await expect(page.get_by_text("<b>王小明</b>").first).to_be_visible()
        await fits(page, f"rankings-console-{size[0]}")
        await page.goto(f"{base}/referral")
        await expect(page.get_by_text("李华").first).to_be_visible()
        await fits(page, f"referral-console-{size[0]}")
        await page.locator("summary", has_text="作废…").first.click()
        await page.get_by_label("为什么").first.fill("同一家人")
        await page.get_by_role("button", name="确定作废").click()
        await expect(page.get_by_text("作废了")).to_be_visible()
        await page.goto(f"{base}/bookings")
        await fits(page, f"bookings-console-{size[0]}")
        await page.locator("table a").first.click()
        await page.locator("summary", has_text="取消…").first.click()
        await page.get_by_label("为什么").first.fill("李顾问病了")
        await page.get_by_role("button", name="确定取消").click()
        await expect(page.get_by_text("会员会收到消息")).to_be_visible()


def _tomorrow(town: Town) -> str:
    day = town.app.clock.now() + timedelta(days=2, hours=8)
    return f"{day.month}-{day.day}"

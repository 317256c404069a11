"""Challenges on a phone, and how operators make one and give days back."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.commons import accounts, members, photos
from bot.commons.checkins import service
from bot.commons.checkins.rules import CheckinSettings
from bot.kernel.community import Community
from bot.kernel.desk import Role
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Media, Update, UpdateKind
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
from tests.kit.workshop import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

SETTINGS = "[checkin]\nmakeup_points = 1\n"


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path, SETTINGS) as opened:
        await opened.app.house.writer.do(_history)
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        today = Community("", "Asia/Shanghai").day_of(opened.app.clock.now())
        folder = tmp_path / "content" / "challenges"
        folder.mkdir()
        (folder / "week.md").write_text(
            '+++\ntitle = "早起一周"\nkind = "interactive"\nstage = "consideration"\n'
            f"starts_on = {today - timedelta(days=4)}\nends_on = {today + timedelta(days=2)}\n"
            "days_needed = 3\n[reward]\npoints = 50\n+++\n一起早起。\n",
            encoding="utf-8",
        )
        yield opened


def _history(uow: UnitOfWork) -> None:
    accounts.add(uow, "lisi", Role.OPERATOR, PASSWORD)
    now = uow.clock.now()
    today = Community("", "Asia/Shanghai").day_of(now)
    lihua = members.resolve(
        uow, ChannelName("wecom_app"), "lihua", now - timedelta(days=20), name="李华"
    )
    for days in (4, 3, 2):
        at = now - timedelta(days=days)
        service.check_in(uow, lihua, today - timedelta(days=days), at, CheckinSettings())


async def is_held(town: Town) -> bool:
    await town.app.house.clockwork.run_all()
    return await town.ask("SELECT count(*) FROM challenges") == [(1,)]


async def test_a_member_joins_and_sees_her_bar(town: Town, open_page: OpenPage) -> None:
    await until(lambda: is_held(town))
    link = await town.link("lihua", "我的打卡")
    async with open_page(f"http://127.0.0.1:{town.port}{link}", PHONE) as page:
        await says_it_is_she(page)
        await page.goto(f"http://127.0.0.1:{town.port}/m/challenges/mine")
        await expect(page.get_by_text("7 天里打卡 3 天算完成")).to_be_visible()
        await page.get_by_role("button", name="参加").click()
        await expect(page.get_by_text("你已经完成了 🎉")).to_be_visible()
        await expect(page.get_by_role("progressbar")).to_be_visible()
        await no_wider_than_the_screen(page)
        await page.screenshot(path=SCREENSHOTS / "challenge-390.png", full_page=True)


async def test_a_member_makes_a_day_up_after_she_was_asked(town: Town, open_page: OpenPage) -> None:
    link = await town.link("lihua", "我的打卡")
    async with open_page(f"http://127.0.0.1:{town.port}{link}", PHONE) as page:
        await says_it_is_she(page)
        await page.get_by_role("link", name="补签").click()
        await page.get_by_role("link", name="补").first.click()
        await expect(page.get_by_text("用 1 积分，你有积分 15")).to_be_visible()
        await no_wider_than_the_screen(page)
        await page.screenshot(path=SCREENSHOTS / "makeup-390.png", full_page=True)
        await page.get_by_role("button", name="确认补签").click()
        await expect(page.get_by_text("补签成功")).to_be_visible()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
async def test_an_operator_makes_a_challenge_and_gives_a_day(
    town: Town, open_page: OpenPage, size: tuple[int, int]
) -> None:
    await until(lambda: is_held(town))
    address = f"http://127.0.0.1:{town.port}/console/challenges"
    async with open_page(address, size) as page:
        await sign_in(page, "lisi", PASSWORD)
        await page.goto(address)
        await page.get_by_label("标题").fill("晚上读书")
        await page.get_by_label("最后一天").fill("2030-01-05")
        await page.get_by_label("第一天").fill("2030-01-01")
        await page.get_by_label("打卡多少天算完成").fill("3")
        await no_wider_than_the_screen(page)
        await page.screenshot(path=SCREENSHOTS / f"challenges-{size[0]}.png", full_page=True)
        await page.get_by_role("button", name="写成文件").click()
        await expect(page.get_by_role("status")).to_contain_text("content/challenges/晚上读书.md")

        await page.goto(f"http://127.0.0.1:{town.port}/console/amnesties")
        await page.get_by_role("button", name="先看看有多少人").click()
        await expect(page.get_by_role("heading", name="1 人受影响")).to_be_visible()
        await page.get_by_label("为什么").first.fill("停机")
        await page.screenshot(path=SCREENSHOTS / f"amnesty-{size[0]}.png", full_page=True)
        await page.get_by_role("button", name="确定给 1 人补发").click()
        await expect(page.get_by_role("status")).to_contain_text("正在给 1 人补发")
        await no_wider_than_the_screen(page)


def _two_alike(uow: UnitOfWork) -> None:
    """Let a picture of today look like one of yesterday."""
    lihua = members.resolve(uow, ChannelName("wecom_app"), "lihua", uow.clock.now())
    for days in (1, 0):
        at = uow.clock.now() - timedelta(days=days)
        media, key = (Media("m"),), f"p{days}"
        update = Update(
            ChannelName("wecom_app"), key, UpdateKind.IMAGE, "lihua", at, "lihua", media=media
        )
        photos.take(uow, lihua, at.date(), update)
        [(shot, _)] = photos.coming(uow)
        photos.looked(uow, shot, "0" * 64, "ffff0000ffff0000")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
async def test_an_operator_decides_about_a_picture_that_was_seen_before(
    town: Town, open_page: OpenPage, size: tuple[int, int]
) -> None:
    await town.app.house.writer.do(_two_alike)
    address = f"http://127.0.0.1:{town.port}/console/photos"
    async with open_page(address, size) as page:
        await sign_in(page, "lisi", PASSWORD)
        await page.goto(address)
        await expect(page.get_by_text("问过她，还没回")).to_be_visible()
        await no_wider_than_the_screen(page)
        await page.get_by_role("button", name="不算").click()
        await expect(page.get_by_role("status")).to_contain_text("这张照片不算。")
        await expect(page.get_by_text("没有要看的照片。")).to_be_visible()

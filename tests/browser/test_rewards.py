"""Badges and cup cards on a phone; rules, badges, titles and cards at a desk."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.commons import accounts, deeds, members
from bot.commons.content import Shelf
from bot.commons.deeds import Deed
from bot.features.badges import book as badge_book
from bot.features.badges import service as badges
from bot.features.rewards import book as reward_book
from bot.features.rewards import earning
from bot.features.stamps import service as stamps
from bot.kernel.desk import Role
from bot.kernel.ids import ChannelName
from bot.kernel.work import Toolbox, UnitOfWork
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

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
APP = ChannelName("wecom_app")
CONTENT = Path(__file__).parents[2] / "content"
FILES = ("rewards.toml", "badges.toml", "titles.toml", "stamps.toml", "coupons.toml")


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as opened:
        for name in FILES:
            (tmp_path / "content" / name).write_bytes((CONTENT / name).read_bytes())
        tools = opened.app.house.tools
        await opened.app.house.writer.do(lambda uow: _history(uow, tools))
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        yield opened


def _history(uow: UnitOfWork, tools: Toolbox) -> None:
    accounts.add(uow, "lisi", Role.OPERATOR, PASSWORD)
    now = uow.clock.now()
    tools.use(Shelf).look(now)
    lihua = members.resolve(uow, APP, "lihua", now, name="李华")
    first, last = now.date() - timedelta(days=6), None
    for number in range(7):
        day: date = first + timedelta(days=number)
        last = deeds.keep(uow, Deed("checkin", f"{day}:{lihua}", lihua, now, day))
    assert last is not None
    badges.look(uow, badge_book.book(uow, tools), lihua, last.deed)
    paid = deeds.keep(uow, Deed("order_paid", "1", lihua, now, now.date(), 25_600))
    assert paid is not None
    earning.earn(uow, reward_book.book(uow, tools), paid)
    cards = stamps.book(uow, tools)
    stamps.by_hand(uow, cards, cards.cards.card[0], lihua, 8, key="k", who="lisi")


async def test_a_member_sees_badges_and_cups(town: Town, open_page: OpenPage) -> None:
    host = f"http://127.0.0.1:{town.port}"
    link = await town.link("lihua", "我的勋章")
    async with open_page(f"{host}{link}", PHONE) as page:
        await says_it_is_she(page)
        await expect(page.get_by_role("heading", name="七日之约")).to_be_visible()
        await expect(page.get_by_text("0/3").last).to_be_visible()
        await no_wider_than_the_screen(page)
        await page.screenshot(path=SCREENSHOTS / "my-badges-390.png", full_page=True)
        address = await page.get_by_role("link", name="七日之约").get_attribute("href")
        answer = await page.request.get(f"{host}{address}")
        assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
        await page.goto(f"{host}/m/stamps/mine")
        await expect(page.get_by_role("img", name="集了 3 杯，5 杯送一张券")).to_be_visible()
        await expect(page.get_by_text("再买 2 杯送一张券")).to_be_visible()
        await no_wider_than_the_screen(page)
        await page.screenshot(path=SCREENSHOTS / "my-stamps-390.png", full_page=True)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
async def test_an_operator_reads_and_undoes(
    town: Town, open_page: OpenPage, size: tuple[int, int]
) -> None:
    host = f"http://127.0.0.1:{town.port}/console"
    async with open_page(f"{host}/rewards", size) as page:
        await sign_in(page, "lisi", PASSWORD)
        seen = {"badges": "七日之约", "stamps": "买五赠一", "titles": "谁有头衔"}
        for name, words in seen.items():
            await page.goto(f"{host}/{name}?q=李华")
            await expect(page.get_by_text(words).first).to_be_visible()
            await no_wider_than_the_screen(page)
            await page.screenshot(path=SCREENSHOTS / f"{name}-{size[0]}.png", full_page=True)

        await page.goto(f"{host}/rewards?q=李华")
        await page.get_by_label("试算：如果她").select_option("order_paid")
        await page.get_by_label("金额（元，下单才要）").fill("88")
        await page.get_by_role("button", name="试算，不记账").click()
        await expect(page.get_by_text("消费积分：").first).to_be_visible()
        await no_wider_than_the_screen(page)
        await page.screenshot(path=SCREENSHOTS / f"rewards-{size[0]}.png", full_page=True)
        await page.locator("summary", has_text="撤销").first.click()
        await page.get_by_label("原因（必填）", exact=True).first.fill("点错了")
        await page.get_by_role("button", name="确定撤销").first.click()
        await expect(page.get_by_role("status")).to_contain_text("已撤销 25 分")

        await page.goto(f"{host}/titles")
        await page.get_by_label("给谁：昵称、会员号，或“渠道:身份”").fill("李华")
        await page.get_by_label("原因（必填，会记下来）").fill("读书会带得好")
        await page.get_by_role("button", name="给她").click()
        await expect(page.get_by_role("status")).to_contain_text("现在是“城市领读人”")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
async def test_an_operator_adds_a_badge_by_form_and_undoes_it(
    town: Town, open_page: OpenPage, tmp_path: Path, size: tuple[int, int]
) -> None:
    file = tmp_path / "content" / "badges.toml"
    before = file.read_text("utf-8")
    address = f"http://127.0.0.1:{town.port}/console/badges"
    async with open_page(address, size) as page:
        await sign_in(page, "lisi", PASSWORD)
        await page.goto(address)
        await page.get_by_role("link", name="加一枚勋章…").click()
        await page.get_by_label("会员看到的名字").fill("<b>早起</b>")
        await page.get_by_label("做什么").select_option("checkin")
        await page.get_by_role("button", name="看一看，先不写").click()
        await expect(page.get_by_role("alert")).to_contain_text("没有填全")
        await no_wider_than_the_screen(page)

        await page.get_by_label("在几个不同的日子做").fill("3")
        await page.get_by_role("button", name="看一看，先不写").click()
        await expect(page.get_by_text("打卡 3 天。")).to_be_visible()
        await expect(page.get_by_text("<b>早起</b>").first).to_be_visible()
        await no_wider_than_the_screen(page)
        await page.screenshot(path=SCREENSHOTS / f"badge-form-{size[0]}.png", full_page=True)
        await page.get_by_role("button", name="写进文件").click()
        await expect(page.get_by_role("status")).to_contain_text("加上了 badge-1")
        assert 'code = "badge-1"' in file.read_text("utf-8")

        await page.get_by_role("button", name="撤销上次").click()
        await expect(page.get_by_role("status")).to_contain_text("撤销了")
        assert file.read_text("utf-8") == before

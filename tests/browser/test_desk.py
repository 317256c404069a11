"""The desk in a browser, beside the simulator: a member complains, an advisor takes care of it."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from shutil import copytree

import aiohttp
import pytest
from playwright.async_api import Browser, Page, expect

from bot import app as roof
from bot.commons import accounts
from bot.kernel.desk import Role
from tests.browser.conftest import (
    DESKTOP,
    PHONE,
    SCREENSHOTS,
    OpenPage,
    no_wider_than_the_screen,
    sign_in,
)
from tests.browser.conftest import WORKS_WITHIN_MS as SOON_MS
from tests.kit.media import png
from tests.kit.tables import furnished
from tests.kit.web import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
ROOT = Path(__file__).parents[2]
COMPLAINT = "大衣的扣子掉了，我要投诉"
SORRY = "给您添麻烦了，很抱歉。这件事由我来跟到底，有结果第一时间告诉您。"
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
CONFIG = """
[community]
name = "拾光衣橱"
[server]
port = 0
[database]
url = "sqlite:///bot.sqlite3"
[channels.simulator]
enabled = true
[[advisors]]
userid = "lisi"
name = "李顾问"
skills = ["complaint"]
"""


class Shop:
    """A running bot, and members who write in the simulator."""

    def __init__(self, address: str, http: aiohttp.ClientSession) -> None:
        self.address = address
        self._http = http

    async def hears(self, member: str, text: str, *pictures: bytes) -> None:
        """Let a member write in her 1:1 chat."""
        urls = [f"data:image/png;base64,{base64.b64encode(one).decode()}" for one in pictures]
        body = {"member": member, "text": text, "images": urls}
        address = f"{self.address}/simulator/api/messages"
        async with self._http.post(address, json=body) as answer:
            assert answer.status == 202

    async def told(self, member: str) -> list[str]:
        """Return what was said in a member's 1:1 chat."""
        address = f"{self.address}/simulator/api/messages?member={member}"
        async with self._http.get(address) as answer:
            return [str(one.get("text", "")) for one in await answer.json()]


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    """Offer a bot with the simulator, an advisor and a supervisor."""
    copytree(ROOT / "content" / "replies", tmp_path / "content" / "replies")
    (tmp_path / "schedules").mkdir()
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, "utf-8")
    furnished(tmp_path / "bot.sqlite3")
    app = roof.build(roof.read_config(path, {}))
    server = await app.start(frozenset({"web", "worker", "scheduler"}))
    assert server is not None
    for name, role in (("lisi", Role.ADVISOR), ("chen", Role.SUPERVISOR)):
        await app.house.writer.do(lambda uow, n=name, r=role: accounts.add(uow, n, r, PASSWORD))  # type: ignore[misc]  # bound now
    async with aiohttp.ClientSession() as http:
        yield Shop(f"http://127.0.0.1:{server.port}", http)
    if app.simulator is not None:
        await app.simulator.stop()
    await server.stop()
    await app.stop()
    app.house.database.close()


@asynccontextmanager
async def at_desk(
    shop: Shop, open_page: OpenPage, size: tuple[int, int], name: str = "lisi", path: str = ""
) -> AsyncIterator[Page]:
    async with open_page(f"{shop.address}/desk/{path}", size) as page:
        await sign_in(page, name, PASSWORD)
        await expect(page.locator("#main")).to_be_visible()
        yield page
        await no_wider_than_the_screen(page)


async def shoot(page: Page, name: str, size: tuple[int, int]) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=SCREENSHOTS / f"desk-{name}-{size[0]}.png")


@SIZES
async def test_from_the_complaint_to_its_end(
    shop: Shop, open_page: OpenPage, size: tuple[int, int]
) -> None:
    async with at_desk(shop, open_page, size) as page:
        await shop.hears("linlin", COMPLAINT)
        row = page.locator("article").filter(has_text="琳琳")
        await expect(row).to_contain_text(COMPLAINT, timeout=SOON_MS)
        await expect(page).to_have_title("(1) 收件箱 · 拾光衣橱", timeout=SOON_MS)
        assert await page.evaluate("document.body.dataset.rang") == "1"
        await shoot(page, "inbox", size)
        await row.get_by_role("link").click()

        await page.get_by_role("button", name="接手", exact=True).click()
        await expect(page.get_by_role("status").filter(has_text="接下了")).to_be_visible(
            timeout=SOON_MS
        )
        await page.locator("#words").fill("您好，")
        await page.reload()
        await expect(page.locator("#words")).to_have_value("您好，")
        await page.locator("#words").press("End")
        await page.locator("#words").press_sequentially("扣子我们给您补，今天就寄。")
        await page.get_by_role("button", name="发送").click()
        await expect(page.locator(".said .advisor")).to_contain_text("今天就寄", timeout=SOON_MS)
        await expect(page.locator(".said .advisor .how")).to_have_text(
            "已送达平台", timeout=SOON_MS
        )
        await expect(page.locator("#words")).to_have_value("")
        assert "您好，扣子我们给您补，今天就寄。" in await shop.told("linlin")

        await page.context.set_offline(True)
        await shop.hears("linlin", "那颜色要一样的哦")
        await page.context.set_offline(False)
        await expect(page.locator(".said")).to_contain_text("颜色要一样", timeout=SOON_MS)
        await shoot(page, "case", size)

        await page.locator("summary", has_text="结束").click()
        await page.get_by_label("结果").select_option("solved")
        await shoot(page, "end", size)
        await page.get_by_role("button", name="了结").click()
        await expect(page.get_by_role("status").filter(has_text="了结了")).to_be_visible(
            timeout=SOON_MS
        )
        await expect(page.locator(".composer")).to_contain_text("先重开")
    said = await shop.told("linlin")
    assert any("小助手回来了" in one for one in said)
    assert said.count("您好，扣子我们给您补，今天就寄。") == 1


async def test_one_draft_in_two_tabs_leaves_once(shop: Shop, open_page: OpenPage) -> None:
    await shop.hears("linlin", COMPLAINT)
    async with at_desk(shop, open_page, DESKTOP, path="cases/1") as page:
        await page.locator("#words").fill("今天就给您补上。")
        other = await page.context.new_page()
        await other.goto(page.url)
        await expect(other.locator("#words")).to_have_value("今天就给您补上。")
        await other.evaluate("window.stop()")
        kept = await other.locator("#reply [name=once]").input_value()
        assert kept == await page.locator("#reply [name=once]").input_value()

        await page.get_by_role("button", name="发送").click()
        await expect(page.locator(".said .advisor")).to_contain_text("补上", timeout=SOON_MS)
        await expect(other.locator("#words")).to_have_value("", timeout=SOON_MS)
        await other.locator("#words").evaluate("one => { one.value = '今天就给您补上。' }")
        await other.get_by_role("button", name="发送").click()
        await expect(other.locator(".note.good")).to_be_visible(timeout=SOON_MS)
        await other.close()
    assert (await shop.told("linlin")).count("今天就给您补上。") == 1


async def test_what_is_too_long_is_refused_and_stays(shop: Shop, open_page: OpenPage) -> None:
    await shop.hears("linlin", COMPLAINT)
    async with at_desk(shop, open_page, PHONE, path="cases/1") as page:
        await page.locator("#words").fill("长" * 2500)
        await page.get_by_role("button", name="发送").click()
        await expect(page.locator("#main")).to_contain_text("太长了，最多 2000 个字")
        await expect(page.locator("#words")).to_have_value("长" * 2500)
    assert not [one for one in await shop.told("linlin") if "长长" in one]


@SIZES
async def test_every_tab_can_be_seen_and_touched(
    shop: Shop, open_page: OpenPage, size: tuple[int, int]
) -> None:
    async with at_desk(shop, open_page, size) as page:
        tabs = page.locator(".top nav a")
        names = await tabs.all_inner_texts()
        assert {"收件箱", "回访", "补偿", "待复核", "值班"} <= {one.split()[0] for one in names}
        shown = await page.evaluate(
            """() => [...document.querySelectorAll(".top nav a")].map((tab) => {
                tab.scrollIntoView({ block: "nearest", inline: "nearest" });
                const { left, right, top, bottom } = tab.getBoundingClientRect();
                const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
                return tab.contains(hit) && left >= 0 && right <= window.innerWidth;
            })"""
        )
        assert shown == [True] * len(names)
        bar = await page.locator(".top nav").evaluate("one => [one.clientWidth, one.scrollWidth]")
        assert bar[0] >= min(bar[1], size[0] - 24)  # all that the screen has room for
        await shoot(page, "tabs", size)


async def test_everything_by_keyboard(shop: Shop, open_page: OpenPage) -> None:
    for member in ("azhen", "linlin"):
        await shop.hears(member, COMPLAINT)
    async with at_desk(shop, open_page, DESKTOP) as page:
        keys = page.keyboard
        await expect(page.locator("article")).to_have_count(2, timeout=SOON_MS)
        await keys.press("?")
        await expect(page.get_by_role("dialog")).to_be_visible()
        await shoot(page, "help", DESKTOP)
        await keys.press("Escape")
        await keys.press("j")
        await expect(page.locator("article .open").nth(0)).to_be_focused()
        await keys.press("j")
        await expect(page.locator("article .open").nth(1)).to_be_focused()
        await keys.press("k")
        await keys.press("Enter")
        await expect(page.locator("h1")).to_have_text("阿珍", timeout=SOON_MS)
        await keys.press("a")
        await expect(page.locator(".note.good")).to_contain_text("接下了", timeout=SOON_MS)
        await keys.press("r")
        await expect(page.locator("#words")).to_be_focused()
        await keys.type("/dq")
        await expect(page.locator("#canned li:visible")).to_have_count(1)
        await shoot(page, "canned", DESKTOP)
        await keys.press("Enter")
        await expect(page.locator("#words")).to_have_value(f"阿珍，{SORRY}")
        await keys.press("Control+Enter")
        await expect(page.locator(".said .advisor")).to_contain_text(
            "给您添麻烦了", timeout=SOON_MS
        )
        await keys.press("t")
        await expect(page.locator("#to")).to_be_focused()
        await keys.press("Escape")
        await keys.press("e")
        await expect(page.locator("#code")).to_be_focused()
        await shoot(page, "keys", DESKTOP)
        await keys.press("Escape")
        await keys.press("i")
        await expect(page.locator("h1")).to_have_text("收件箱", timeout=SOON_MS)
    assert (await shop.told("azhen")).count(f"阿珍，{SORRY}") == 1


@SIZES
async def test_pictures_and_failures_are_shown(
    shop: Shop, open_page: OpenPage, size: tuple[int, int]
) -> None:
    await shop.hears("linlin", COMPLAINT)
    await shop.hears("linlin", "", png(300, 200))
    async with at_desk(shop, open_page, size, "chen") as page:
        await page.locator("article").filter(has_text="琳琳").get_by_role("link").click()
        picture = page.get_by_role("img", name="会员发来的图片")
        await expect(picture).to_have_js_property("naturalWidth", 300, timeout=SOON_MS)
        await page.locator("summary", has_text="写备注").click()
        await page.get_by_label("只有同事看得到").fill("老客，语气软一点")
        await page.get_by_role("button", name="记下").click()
        await expect(page.locator(".steps")).to_contain_text("老客，语气软一点", timeout=SOON_MS)
        await page.locator("#words").fill("长" * 1990)
        await page.evaluate("document.querySelector('#words').removeAttribute('maxlength')")
        await page.locator("#words").fill("长" * 2001)
        await page.get_by_role("button", name="发送").click()
        await expect(page.get_by_role("alert")).to_contain_text("最多 2000 个字", timeout=SOON_MS)
        assert len(await page.locator("#words").input_value()) == 2001
        await shoot(page, "refused", size)
        await shop.hears("linlin", "还在吗")
        await expect(page.locator(".said")).to_contain_text("还在吗", timeout=SOON_MS)
        assert len(await page.locator("#words").input_value()) == 2001


async def test_without_a_script_everything_is_a_plain_form(shop: Shop, browser: Browser) -> None:
    await shop.hears("linlin", COMPLAINT)
    context = await browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = await context.new_page()
    await page.goto(f"{shop.address}/desk/")
    await sign_in(page, "lisi", PASSWORD)
    await page.get_by_role("link", name="琳琳").click()
    await page.locator("#words").fill("您好，我来看。")
    await page.get_by_role("button", name="发送").click()
    await expect(page.locator(".note.good")).to_contain_text("已经交给平台去发")
    await expect(page.locator(".said")).to_contain_text("您好，我来看。")
    await context.close()


@SIZES
async def test_dark_and_narrow_pages_hold(
    shop: Shop, open_page: OpenPage, size: tuple[int, int]
) -> None:
    await shop.hears("linlin", COMPLAINT)
    async with open_page(f"{shop.address}/desk/", size, dark=True) as page:
        await sign_in(page, "lisi", PASSWORD)
        await page.get_by_role("link", name="琳琳").click()
        await page.locator("summary", has_text="转给别人").click()
        await no_wider_than_the_screen(page)
        await shoot(page, "dark", size)

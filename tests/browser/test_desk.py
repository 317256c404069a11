"""The desk in a browser, beside the simulator: a member complains, an advisor takes care of it."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.request import Request, urlopen

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import (
    DESKTOP,
    PHONE,
    SCREENSHOTS,
    OpenPage,
    no_wider_than_the_screen,
    sign_in,
)
from tests.browser.test_demo import ANSWERS_WITHIN_MS as SOON_MS
from tests.browser.test_demo import demo
from tests.kit.media import png

__all__ = ["demo"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
COMPLAINT = "大衣的扣子掉了，我要投诉"
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])


def says(simulator: str, text: str, member: str = "linlin", *pictures: bytes) -> None:
    """Let a member write in her 1:1 chat."""
    urls = [f"data:image/png;base64,{base64.b64encode(one).decode()}" for one in pictures]
    body = json.dumps({"member": member, "text": text, "images": urls}).encode()
    headers = {"Content-Type": "application/json"}
    with urlopen(Request(f"{simulator}api/messages", body, headers), timeout=5) as answer:  # noqa: S310 - our own loopback address
        assert answer.status == 202


def reads(simulator: str, member: str = "linlin") -> list[str]:
    """Return what was said in a member's 1:1 chat."""
    address = f"{simulator}api/messages?member={member}"
    with urlopen(address, timeout=5) as answer:  # noqa: S310 - our own loopback address
        return [str(one.get("text", "")) for one in json.load(answer)]


@asynccontextmanager
async def at_desk(
    demo: str, open_page: OpenPage, size: tuple[int, int], name: str = "lisi", path: str = ""
) -> AsyncIterator[Page]:
    desk = demo.replace("simulator/", f"desk/{path}")
    async with open_page(desk, size) as page:
        await sign_in(page, name, "demo-demo-demo")
        await expect(page.locator("#main")).to_be_visible()
        yield page
        await no_wider_than_the_screen(page)


async def shoot(page: Page, name: str, size: tuple[int, int]) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=SCREENSHOTS / f"desk-{name}-{size[0]}.png")


@SIZES
async def test_from_the_complaint_to_its_end(
    demo: str, open_page: OpenPage, size: tuple[int, int]
) -> None:
    async with at_desk(demo, open_page, size) as page:
        says(demo, COMPLAINT)
        row = page.locator("article").filter(has_text="琳琳")
        await expect(row).to_contain_text(COMPLAINT, timeout=SOON_MS)
        await expect(page).to_have_title("(2) 收件箱 · 拾光衣橱", timeout=SOON_MS)
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
        assert "您好，扣子我们给您补，今天就寄。" in reads(demo)

        await page.context.set_offline(True)
        says(demo, "那颜色要一样的哦")
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
    said = reads(demo)
    assert any("小助手回来了" in one for one in said)
    assert said.count("您好，扣子我们给您补，今天就寄。") == 1


async def test_everything_by_keyboard(demo: str, open_page: OpenPage) -> None:
    says(demo, COMPLAINT)
    async with at_desk(demo, open_page, DESKTOP) as page:
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
        await expect(page.locator("#words")).to_have_value(
            "阿珍，给您添麻烦了，很抱歉。这件事由我来跟到底，有结果第一时间告诉您。"
        )
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
    assert (
        reads(demo, "azhen").count(
            "阿珍，给您添麻烦了，很抱歉。这件事由我来跟到底，有结果第一时间告诉您。"
        )
        == 1
    )


@SIZES
async def test_pictures_and_failures_are_shown(
    demo: str, open_page: OpenPage, size: tuple[int, int]
) -> None:
    says(demo, COMPLAINT)
    says(demo, "", "linlin", png(300, 200))
    async with at_desk(demo, open_page, size, "demo") as page:
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
        says(demo, "还在吗")
        await expect(page.locator(".said")).to_contain_text("还在吗", timeout=SOON_MS)
        assert len(await page.locator("#words").input_value()) == 2001


async def test_without_a_script_everything_is_a_plain_form(demo: str, browser: Browser) -> None:
    says(demo, COMPLAINT)
    context = await browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = await context.new_page()
    await page.goto(demo.replace("simulator/", "desk/"))
    await sign_in(page, "lisi", "demo-demo-demo")
    await page.get_by_role("link", name="琳琳").click()
    await page.locator("#words").fill("您好，我来看。")
    await page.get_by_role("button", name="发送").click()
    await expect(page.locator(".note.good")).to_contain_text("已经交给平台去发")
    await expect(page.locator(".said")).to_contain_text("您好，我来看。")
    await context.close()


@SIZES
async def test_dark_and_narrow_pages_hold(
    demo: str, open_page: OpenPage, size: tuple[int, int]
) -> None:
    desk = demo.replace("simulator/", "desk/case/1")
    async with open_page(desk, size, dark=True) as page:
        await sign_in(page, "lisi", "demo-demo-demo")
        await expect(page.locator("h1")).to_have_text("阿珍")
        await no_wider_than_the_screen(page)
        await shoot(page, "dark", size)

"""Operators work the queue by keys, on a desk and on a phone; members see their own and others'."""

import base64
import json
import re
import time
from urllib.request import Request, urlopen

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import (
    DESKTOP,
    PHONE,
    SCREENSHOTS,
    OpenPage,
    no_wider_than_the_screen,
    says_it_is_she,
    sign_in,
)
from tests.browser.test_demo import demo
from tests.features.ugc.conftest import photo

__all__ = ["demo"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
PATIENCE_S = 15.0


def says(simulator: str, who: str, text: str, *pictures: bytes, hears: str) -> str:
    """Let a member of the demo write; return the answer with these words."""
    known = len(reads(simulator, who))
    urls = [f"data:image/jpeg;base64,{base64.b64encode(one).decode()}" for one in pictures]
    body = json.dumps({"member": who, "text": text, "images": urls}).encode()
    headers = {"Content-Type": "application/json"}
    with urlopen(Request(f"{simulator}api/messages", body, headers), timeout=5) as answer:  # noqa: S310 - our own loopback address
        assert answer.status == 202
    until = time.monotonic() + PATIENCE_S
    while True:
        since = reads(simulator, who)[known:]
        if found := [one for one in since if hears in one]:
            return found[0]
        assert time.monotonic() < until, since
        time.sleep(0.05)  # the bot works beside us


def reads(simulator: str, who: str) -> list[str]:
    with urlopen(f"{simulator}api/messages?member={who}", timeout=5) as answer:  # noqa: S310 - as above
        return [one["text"] for one in json.load(answer) if one["from"] == "bot"]


def submits(simulator: str, who: str, text: str, *seeds: int) -> None:
    says(simulator, who, f"投稿 {text}", *map(photo, seeds), hears="完成")
    says(simulator, who, "完成", hears="收到了")


async def opens(page: Page, address: str, picture: str) -> None:
    """Open a page again and again until a picture is there."""
    for _ in range(40):
        await page.goto(address)
        if await page.get_by_alt_text(picture).count():
            return
        await page.wait_for_timeout(100)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
async def test_a_queue_is_worked_by_keys(
    demo: str, open_page: OpenPage, size: tuple[int, int]
) -> None:
    submits(demo, "amei", "驼色大衣配灰围巾，公园里走一圈刚刚好", 1, 2)
    submits(demo, "lily", "代购加我微信 lily_2020", 3)
    console = demo.replace("simulator/", "console/")
    async with open_page(console, size) as page:
        await sign_in(page, "demo", "demo-demo-demo")
        await opens(page, f"{console}ugc", "投稿 3 第 1 张图")
        await expect(page.get_by_text("文字：像微信号或 QQ lily_2020")).to_be_visible()
        first = page.get_by_role("img", name="投稿 2 第 1 张图")
        await expect(first).to_have_js_property("complete", value=True)
        await no_wider_than_the_screen(page)
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=SCREENSHOTS / f"submissions-{size[0]}.png", full_page=True)

        for key in "jjjr":  # the demo's history left one before these
            await page.keyboard.press(key)
        reason = page.get_by_label("原因，会委婉地告诉她").nth(2)
        await expect(reason).to_be_focused()
        await reason.select_option("contact")
        await page.get_by_role("button", name="不采用", exact=True).click()
        await expect(page.get_by_text("没有采用 1 篇")).to_be_visible()
        for waiting in (2, 1):
            await expect(page.locator("[data-queue] > article")).to_have_count(waiting)
            await page.keyboard.press("j")
            await page.keyboard.press("a")
            await expect(page.get_by_text("采用 1 篇。2 分钟后告诉作者")).to_be_visible()
        await expect(page.get_by_text("没有待审核的投稿")).to_be_visible()
        await page.goto(f"{console}ugc?show=accepted")
        await page.get_by_role("button", name=re.compile("撤销审核.*2")).click()
        await expect(page.get_by_text("投稿 2 回到待审核")).to_be_visible()
        assert page.url.endswith("/console/ugc?show=accepted")


async def test_a_member_writes_chooses_and_takes_back_on_her_page(
    demo: str, open_page: OpenPage
) -> None:
    submits(demo, "amei", "驼色大衣配灰围巾", 1)
    told = says(demo, "amei", "我的投稿", hears="/m/ugc/mine/")
    link = re.search(r"http://\S+/m/ugc/mine/\S+", told)
    assert link is not None
    async with open_page(link[0], PHONE) as page:
        await says_it_is_she(page)
        await opens(page, page.url.partition("?")[0], "第 1 张图")
        picture = page.get_by_role("img", name="第 1 张图")
        await expect(picture).to_have_js_property("naturalWidth", 600)
        await no_wider_than_the_screen(page)
        await page.screenshot(path=SCREENSHOTS / "submission-mine.png", full_page=True)

        await page.get_by_text("改公开范围").click()
        await page.get_by_label("可以，匿名").nth(1).check()
        await page.get_by_role("button", name="改", exact=True).click()
        await expect(page.get_by_role("status")).to_contain_text("采用后可以给别的会员看")
        await page.get_by_text(re.compile("^撤回")).click()
        await page.get_by_role("button", name="确定撤回").click()
        await expect(page.get_by_role("status")).to_contain_text("投稿 2 撤回了")
        await expect(picture).to_have_count(0)
        await page.get_by_role("link", name="投稿精选").click()
        await expect(page.get_by_text("还没有公开的投稿。")).to_be_visible()

"""Operators look at what members sent, on a desk and on a phone."""

import base64
import json
import re
from urllib.request import Request, urlopen

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
from tests.browser.test_demo import ANSWERS_WITHIN_MS, demo
from tests.kit.media import png

__all__ = ["demo"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def shows(simulator: str, *pictures: bytes) -> None:
    urls = [f"data:image/png;base64,{base64.b64encode(one).decode()}" for one in pictures]
    body = json.dumps({"member": "amei", "images": urls}).encode()
    headers = {"Content-Type": "application/json"}
    with urlopen(Request(f"{simulator}api/messages", body, headers), timeout=5) as answer:  # noqa: S310 - our own loopback address
        assert answer.status == 202


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
async def test_the_page_of_files(demo: str, open_page: OpenPage, size: tuple[int, int]) -> None:
    shows(demo, png(300, 200), png(65_535, 65_535, real=False))
    console = demo.replace("simulator/", "console/")
    async with open_page(console, size) as page:
        await sign_in(page, "demo", "demo-demo-demo")
        refused = page.get_by_text("图片的像素太多")
        for _ in range(20):
            await page.goto(f"{console}media")
            if await refused.count():
                break
        await expect(refused).to_be_visible(timeout=ANSWERS_WITHIN_MS)
        picture = page.get_by_role("img", name="图片预览")
        await expect(picture).to_have_js_property("naturalWidth", 300)
        await no_wider_than_the_screen(page)
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=SCREENSHOTS / f"files-{size[0]}.png", full_page=True)

        await page.get_by_role("button", name=re.compile("重试")).click()
        await expect(page.get_by_text("会去再取一次")).to_be_visible()
        await page.get_by_role("link", name="图片预览").click()
        assert page.url.endswith("/console/media/files/1")

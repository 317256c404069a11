"""The demo as a newcomer meets it: check in twice, fast-forward, see a post arrive."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import DESKTOP, PHONE, SCREENSHOTS, OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

ROOT = Path(__file__).parents[2]
STARTS_WITHIN_S = 30.0
ANSWERS_WITHIN_MS = 15_000
STREAK = re.compile(r"已连续 \d+ 天")


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[str]:
    """Offer the address of a fresh demo, or of the one that DEMO_URL names."""
    if running := os.environ.get("DEMO_URL"):
        yield running
        return
    port = free_port()
    log = (tmp_path / "demo.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--port", str(port), "--data", str(tmp_path)],
        cwd=ROOT,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        address = f"http://127.0.0.1:{port}/simulator/"
        wait_until_it_answers(address, process, tmp_path / "demo.log")
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
        log.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_it_answers(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(address, timeout=1):  # noqa: S310 - our own loopback address
                return
        except (URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"the demo did not start:\n{log.read_text(errors='replace')[-3000:]}")


def answers(page: Page) -> Locator:
    """Return the bubbles in which the bot tells a streak."""
    return page.locator(".row:not(.row-mine) .bubble").filter(has_text=STREAK)


def said_by_the_bot(page: Page) -> Locator:
    """Return everything that the bot said in the open chat, posts among it."""
    return page.locator(".row").filter(has=page.locator(".avatar-bot"))


async def check_in(page: Page, member: str) -> None:
    """Send 打卡 as a member and wait for the answer."""
    await page.get_by_role("radio", name=member).check()
    known = await answers(page).count()
    await page.get_by_role("button", name="打卡", exact=True).click()
    await expect(answers(page)).to_have_count(known + 1, timeout=ANSWERS_WITHIN_MS)


async def fast_forward_to_a_post(page: Page) -> None:
    """Jump from one due time to the next until this group gets a post."""
    known = await said_by_the_bot(page).count()
    for _ in range(6):
        button = page.get_by_role("button", name="快进到下一条排期")
        await expect(button).to_be_enabled(timeout=ANSWERS_WITHIN_MS)
        await button.click()
        await expect(page.locator("#travel")).to_be_hidden(timeout=ANSWERS_WITHIN_MS)
        await expect(button).to_be_enabled(timeout=ANSWERS_WITHIN_MS)
        if await said_by_the_bot(page).count() > known:
            return
    pytest.fail("no post arrived")


async def test_two_members_check_in_and_a_post_arrives(demo: str, open_page: OpenPage) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    async with open_page(demo, DESKTOP) as page:
        await expect(page.locator("#jump-next")).to_be_enabled(timeout=ANSWERS_WITHIN_MS)
        await check_in(page, "阿美")
        await check_in(page, "小鱼")
        await page.screenshot(path=SCREENSHOTS / "demo-1280.png")
        await fast_forward_to_a_post(page)
        await page.screenshot(path=SCREENSHOTS / "demo-1280-post.png")

    async with open_page(demo, PHONE) as page:
        await expect(page.locator(".row").last).to_be_in_viewport()
        await page.screenshot(path=SCREENSHOTS / "demo-390.png")

    async with open_page(demo, PHONE, dark=True) as page:
        await expect(page.locator(".row").last).to_be_in_viewport()
        await page.screenshot(path=SCREENSHOTS / "demo-390-dark.png")

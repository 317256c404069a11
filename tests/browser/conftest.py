"""A headless Chromium for the tests of pages; absent, they skip, but not where CI=true."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.channels.simulator.conftest import stage
from tests.kit.rooms import store

__all__ = ["stage", "store"]

CHROMIUM = Path("/usr/bin/chromium")
HAS_CHROMIUM = CHROMIUM.exists()
SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
DESKTOP = (1280, 900)
PHONE = (390, 844)
WORKS_WITHIN_MS = 15_000
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

OpenPage = Callable[..., AbstractAsyncContextManager[Page]]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Offer a browser without a network of its own."""
    if not HAS_CHROMIUM:
        reason = f"{CHROMIUM} is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield opened
        await opened.close()


@pytest.fixture
def open_page(browser: Browser) -> OpenPage:
    """Offer a way to open the simulator; a script error or a broken policy fails the test."""

    @asynccontextmanager
    async def opened(
        address: str, size: tuple[int, int] = DESKTOP, *, dark: bool = False
    ) -> AsyncIterator[Page]:
        context = await browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            locale="zh-CN",
            reduced_motion="reduce",
        )
        page = await context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda said: errors.append(said.text) if "Content Security" in said.text else None,
        )
        await page.goto(address)
        yield page
        assert errors == []
        await context.close()

    return opened


async def sign_in(page: Page, name: str, password: str) -> None:
    """Sign in to the console and wait for its first page."""
    await page.locator('input[name="name"]').fill(name)
    await page.locator('input[name="password"]').fill(password)
    await page.locator('form button[type="submit"]').first.click()
    await expect(page.locator('input[name="password"]')).to_have_count(0, timeout=WORKS_WITHIN_MS)


async def says_it_is_she(page: Page) -> None:
    """Answer a personal link's question and wait for the page behind it."""
    mine = page.get_by_role("button", name="是我，打开")
    await mine.click()
    await expect(mine).to_have_count(0, timeout=WORKS_WITHIN_MS)


async def looks_right(page: Page, name: str) -> None:
    """Fail where a page scrolls sideways, on a desk or on a phone; keep a picture of both."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for width, height in (DESKTOP, PHONE):
        await page.set_viewport_size({"width": width, "height": height})
        await no_wider_than_the_screen(page)
        path = SCREENSHOTS / f"{name}-{width}.png"
        await page.screenshot(path=path, full_page=True, scale="css")


async def no_wider_than_the_screen(page: Page) -> None:
    """Fail where a page scrolls sideways."""
    assert not await page.evaluate("document.documentElement.scrollWidth > window.innerWidth")

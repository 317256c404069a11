"""The console's sign-in page in a browser: on a desk and on a phone, by WeCom and by password."""

import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Protocol

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.browser.conftest import DESKTOP, PHONE, SCREENSHOTS
from tests.kit import visits
from tests.kit.oauth import Person
from tests.kit.street import PUBLIC, Town, open_town

pytestmark = pytest.mark.browser

CONSOLE = """
[console]
wecom_login = true
[[console.roles]]
role = "supervisor"
userids = ["ZhangSan"]
"""
WAYS = pytest.mark.parametrize(
    ("size", "agent", "words"),
    [(DESKTOP, visits.DESKTOP, "企业微信扫码登录"), (PHONE, visits.WECOM, "用企业微信登录")],
    ids=["desk", "phone"],
)


class OpenConsole(Protocol):
    """Opens a browser whose holder the platform knows as 张三."""

    def __call__(self, size: tuple[int, int], agent: str) -> AbstractAsyncContextManager[Page]: ...


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path, CONSOLE) as opened:
        yield opened


@pytest.fixture
def open_console(browser: Browser, town: Town) -> OpenConsole:
    """Offer browsers; a broken policy or a sideways scroll fails the test."""
    base = f"http://127.0.0.1:{town.port}"

    @asynccontextmanager
    async def opened(size: tuple[int, int], agent: str) -> AsyncIterator[Page]:
        context = await browser.new_context(
            base_url=base,
            viewport={"width": size[0], "height": size[1]},
            user_agent=agent,
            locale="zh-CN",
        )
        page = await context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))

        async def platform(route: Route) -> None:
            """Play the platform; a redirect is followed where nobody can step in."""
            answer = await route.fetch(max_redirects=0)
            back = town.platform.opens(answer.headers["location"], Person(userid="ZhangSan"))
            location = base + back.removeprefix(PUBLIC)
            await route.fulfill(status=302, headers={"Location": location})

        await page.route(re.compile("/console/sign-in/wecom"), platform)
        yield page
        assert errors == []
        assert await page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        await context.close()

    return opened


@WAYS
async def test_one_tap_leads_to_the_console(
    open_console: OpenConsole, size: tuple[int, int], agent: str, words: str
) -> None:
    async with open_console(size, agent) as page:
        await page.goto("/console/sign-in")
        await page.get_by_role("link", name=words).click()

        await expect(page.get_by_role("heading", name="总览")).to_be_visible()
        assert "code=" not in page.url


@WAYS
async def test_both_ways_are_in_reach_of_thumb_and_tab_key(
    open_console: OpenConsole, size: tuple[int, int], agent: str, words: str
) -> None:
    async with open_console(size, agent) as page:
        await page.goto("/console/sign-in/back?code=a&state=b")
        await page.screenshot(path=SCREENSHOTS / f"console_login_{size[0]}.png")
        await expect(page.get_by_role("alert")).to_contain_text("登录没有完成")
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name=words)).to_be_focused()
        await page.keyboard.press("Tab")
        await expect(page.get_by_label("账号")).to_be_focused()
        targets = await page.locator("button, a, input:visible").all()
        boxes = [await target.bounding_box() for target in targets]

    assert len(boxes) == 4
    assert all(box and box["height"] >= 44 and box["y"] + box["height"] <= size[1] for box in boxes)


@WAYS
async def test_the_page_of_roles_fits(
    open_console: OpenConsole, size: tuple[int, int], agent: str, words: str
) -> None:
    async with open_console(size, agent) as page:
        await page.goto("/console/sign-in")
        await page.get_by_role("link", name=words).click()
        await page.goto("/console/colleagues")
        await page.get_by_label("企业账号").fill("lisi")
        await page.get_by_label("原因").fill("新来的运营")
        await page.get_by_role("button", name="给权限").click()
        await expect(page.get_by_text("lisi 现在是运营")).to_be_visible()
        await page.get_by_text("收回…").click()
        await page.screenshot(path=SCREENSHOTS / f"console_roles_{size[0]}.png", full_page=True)
        assert await page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        await page.locator("details[open] input[name=why]").fill("转岗")
        await page.get_by_role("button", name="收回权限").click()
        await expect(page.get_by_text("已收回 lisi 的权限")).to_be_visible()

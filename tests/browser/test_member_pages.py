"""Members' pages on a phone: tap 打卡, the calendar, dark, without JavaScript, slow, read aloud."""

import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.async_api import Browser, Page, Route, expect

from bot.commons import members
from bot.commons.checkins import service
from bot.commons.checkins.rules import CheckinSettings
from bot.kernel.ids import ChannelName
from bot.kernel.work import UnitOfWork
from tests.browser.conftest import DESKTOP, SCREENSHOTS, says_it_is_she
from tests.kit.oauth import Person
from tests.kit.street import PUBLIC, Town, open_town
from tests.kit.visits import SAFARI, WECOM

pytestmark = pytest.mark.browser

PHONE = (375, 667)
LIHUA, AMEI = Person(userid="LiHua"), Person(external_userid="wmAmei")
PAGE = "/m/checkin/mine"


class OpenPhone(Protocol):
    """Opens a phone whose holder a platform knows."""

    def __call__(
        self, person: Person | None = None, *, size: tuple[int, int] = PHONE, **options: Any
    ) -> AbstractAsyncContextManager[Page]: ...


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as opened:
        yield opened


@pytest.fixture
def open_phone(browser: Browser, town: Town) -> OpenPhone:
    """Offer phones; a script error, a broken policy or a sideways scroll fails the test."""
    base = f"http://127.0.0.1:{town.port}"

    @asynccontextmanager
    async def opened(
        person: Person | None = None, *, size: tuple[int, int] = PHONE, **options: Any
    ) -> AsyncIterator[Page]:
        context = await browser.new_context(
            base_url=base,
            viewport={"width": size[0], "height": size[1]},
            user_agent=options.pop("user_agent", WECOM),
            locale="zh-CN",
            has_touch=True,
            device_scale_factor=2,
            **options,
        )
        page = await context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda said: errors.append(said.text) if "Content Security" in said.text else None,
        )

        async def login(route: Route) -> None:
            """Play the platform; a redirect is followed where nobody can step in."""
            answer = await route.fetch(max_redirects=0)
            back = town.platform.opens(answer.headers["location"], person or Person())
            location = base + back.removeprefix(PUBLIC)
            await route.fulfill(status=302, headers={"Location": location})

        if person is not None:
            await page.route(f"{base}{PAGE}*", login, times=1)
        yield page
        assert errors == []
        assert await page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        await context.close()

    return opened


def told(page: Page) -> Any:
    """Return where the page tells what came of a tap."""
    return page.get_by_role("status")


async def history(town: Town, *days_ago: int, late: int | None = None) -> None:
    """Let 李华 have checked in before; `late` days ago on the day after."""

    def write(uow: UnitOfWork) -> None:
        now = uow.clock.now()
        lihua = members.resolve(uow, ChannelName("wecom_app"), "lihua", now, name="李华")
        for days in days_ago:
            at = now - timedelta(days=days)
            day = (at + timedelta(hours=8)).date()
            made = at + timedelta(days=1) if days == late else at
            service.check_in(uow, lihua, day, made, CheckinSettings())

    await town.app.house.writer.do(write)


async def test_a_tap_checks_in(town: Town, open_phone: OpenPhone) -> None:
    await history(town, 3, 2, 1)
    async with open_phone(LIHUA) as page:
        await page.goto(PAGE)
        await page.get_by_role("button", name="打卡", exact=True).tap()

        await expect(told(page)).to_contain_text("打卡成功！已连续 4 天")
        await expect(page.get_by_role("button", name="今天已打卡")).to_be_disabled()
        assert "done" not in page.url  # told once: a reload does not tell it again
        await page.reload()
        await expect(told(page)).to_be_empty()


async def test_hasty_fingers_check_in_once(town: Town, open_phone: OpenPhone) -> None:
    await history(town)
    async with open_phone(LIHUA) as page:
        await page.goto(PAGE)
        await page.get_by_role("button", name="打卡", exact=True).dblclick()
        await expect(told(page)).to_contain_text("打卡成功")

    assert await town.ask("SELECT COUNT(*) FROM checkins") == [(1,)]


async def test_a_stranger_agrees_and_is_in(open_phone: OpenPhone) -> None:
    async with open_phone(AMEI) as page:
        await page.goto(PAGE)
        await expect(page.get_by_role("heading", level=1)).to_have_text("第一次来？先说清楚")
        await page.screenshot(path=shot("consent"), full_page=True)
        await page.get_by_role("button", name="同意，继续").tap()
        await expect(page.get_by_text("还没有打过卡")).to_be_visible()
        await page.screenshot(path=shot("empty"), full_page=True)


@pytest.mark.parametrize("size", [(390, 844), DESKTOP], ids=["phone", "desk"])
async def test_after_a_deletion_a_last_page_says_what_is_gone(
    open_phone: OpenPhone, size: tuple[int, int]
) -> None:
    async with open_phone(AMEI, size=size) as page:
        await page.goto(PAGE)
        await page.get_by_role("button", name="同意，继续").tap()
        await page.get_by_role("button", name="打卡", exact=True).tap()
        await expect(told(page)).to_contain_text("打卡成功")
        await page.goto("/m/privacy/mine")
        await page.get_by_text("删除我的数据", exact=True).tap()
        await page.get_by_role("button", name="确认删除").tap()
        await expect(page.get_by_role("status")).to_contain_text("打卡（1 条）")
        await expect(page.get_by_role("button")).to_have_count(0)
        await page.screenshot(path=shot(f"gone-{size[0]}"), full_page=True)


async def test_everything_works_without_javascript(town: Town, open_phone: OpenPhone) -> None:
    link = await town.link("lihua")
    async with open_phone(java_script_enabled=False, user_agent=SAFARI) as page:
        await page.goto(link)
        await page.screenshot(path=shot("link"), full_page=True)
        await says_it_is_she(page)
        await page.get_by_role("button", name="打卡", exact=True).tap()
        await expect(told(page)).to_contain_text("已连续 1 天")
        await page.get_by_role("link", name="上个月").tap()
        await expect(page.get_by_text("这个月还没有打卡")).to_be_visible()
        await page.get_by_role("link", name="下个月").tap()
        await expect(page.get_by_role("link", name="下个月")).to_have_count(0)
        await page.get_by_role("button", name="不是我，退出").tap()
        await expect(page.get_by_role("heading", level=1)).to_have_text("已经退出")


async def test_on_a_slow_network_the_button_says_that_it_is_under_way(
    town: Town, open_phone: OpenPhone
) -> None:
    await history(town)
    async with open_phone(LIHUA) as page:
        await page.goto(PAGE)
        session = await page.context.new_cdp_session(page)
        slow = {
            "offline": False,
            "latency": 800,
            "downloadThroughput": 6e3,
            "uploadThroughput": 6e3,
        }
        await session.send("Network.emulateNetworkConditions", slow)
        meanwhile = await page.evaluate(
            """() => {
              const button = document.querySelector("form .main");
              button.click();
              return new Promise((tell) => setTimeout(
                () => tell([button.disabled, button.form.getAttribute("aria-busy")]), 50));
            }"""
        )
        assert meanwhile == [True, "true"]
        await expect(told(page)).to_contain_text("打卡成功", timeout=15_000)
        weight = await page.evaluate(
            "() => performance.getEntries().reduce((sum, one) => sum + (one.transferSize ?? 0), 0)"
        )

    assert weight < 30_000


async def tree(page: Page) -> list[tuple[str, str]]:
    """Return roles and names as a screen reader gets them."""
    session = await page.context.new_cdp_session(page)
    nodes = (await session.send("Accessibility.getFullAXTree"))["nodes"]
    return [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in nodes
        if not node["ignored"]
    ]


async def test_a_screen_reader_hears_it_all(town: Town, open_phone: OpenPhone) -> None:
    await history(town, 0, 1, late=1)
    async with open_phone(LIHUA) as page:
        await page.goto(PAGE)
        heard = await tree(page)
        said = " ".join(name for _, name in heard)

    roles = [role for role, _ in heard]
    for role in ("banner", "main", "contentinfo", "navigation", "table", "status"):
        assert roles.count(role) == 1, role
    assert ("heading", "打卡") in heard
    assert ("link", "上个月") in heard
    assert ("button", "今天已打卡") in heard
    assert ("button", "不是我，退出") in heard
    assert re.search(r"年 \d+ 月的打卡，\d 天", dict(heard)["table"])
    assert [name for role, name in heard if role == "columnheader"][:2] == ["星期一", "星期二"]
    assert "日，今天，已打卡" in said


async def test_every_target_is_big_enough_for_a_thumb(town: Town, open_phone: OpenPhone) -> None:
    await history(town, 40)
    async with open_phone(LIHUA) as page:
        await page.goto(f"{PAGE}?month=2024-02")
        boxes = [
            await target.bounding_box()
            for target in await page.locator("button, a, input:visible").all()
        ]

    assert len(boxes) >= 4
    assert all(box and box["height"] >= 44 and box["width"] >= 44 for box in boxes)


async def contrast_of(page: Page) -> list[tuple[str, float]]:
    """Return the contrast of every text with what is behind it."""
    found: list[tuple[str, float]] = await page.evaluate(
        """() => {
          const parse = (color) => {
            const [r, g, b, a = 1] = color.match(/[\\d.]+/g).map(Number);
            return { r, g, b, a };
          };
          const over = (top, under) => ({
            r: top.r * top.a + under.r * (1 - top.a),
            g: top.g * top.a + under.g * (1 - top.a),
            b: top.b * top.a + under.b * (1 - top.a), a: 1 });
          const light = ({ r, g, b }) => [r, g, b]
            .map((v) => v / 255)
            .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
            .reduce((sum, v, place) => sum + v * [0.2126, 0.7152, 0.0722][place], 0);
          const ground = (element) => {
            const chain = [];
            for (let one = element; one; one = one.parentElement) chain.unshift(one);
            return chain.reduce(
              (under, one) => over(parse(getComputedStyle(one).backgroundColor), under),
              { r: 255, g: 255, b: 255, a: 1 });
          };
          return [...document.querySelectorAll("body *")]
            .filter((one) => [...one.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
            .filter((one) => !one.closest(".unseen, [disabled], .to-come"))
            .map((one) => {
              const under = ground(one), ink = over(parse(getComputedStyle(one).color), under);
              const [high, low] = [light(ink), light(under)].sort((a, b) => b - a);
              return [one.textContent.trim().slice(0, 20), (high + 0.05) / (low + 0.05)];
            });
        }"""
    )
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_light_and_dark_can_be_read(town: Town, open_phone: OpenPhone, scheme: str) -> None:
    await history(town, 1, 2, 3, 5, 6, late=5)
    for name, size in (("phone", PHONE), ("desktop", DESKTOP)):
        async with open_phone(LIHUA, size=size, color_scheme=scheme) as page:
            await page.goto(PAGE)
            await (
                page.get_by_role("button", name="打卡", exact=True)
                .or_(page.get_by_role("button", name="今天已打卡"))
                .first.wait_for()
            )
            await page.screenshot(path=shot(f"{name}-{scheme}-before"), full_page=True)
            if name == "phone":
                await page.get_by_role("button", name="打卡", exact=True).tap()
                await expect(told(page)).to_contain_text("打卡成功")
            await page.screenshot(path=shot(f"{name}-{scheme}"), full_page=True)
            faint = [(text, ratio) for text, ratio in await contrast_of(page) if ratio < 4.5]
            assert faint == []
    async with open_phone(color_scheme=scheme, user_agent=SAFARI) as page:
        await page.goto(PAGE)
        await page.screenshot(path=shot(f"who-{scheme}"), full_page=True)
        assert [one for one in await contrast_of(page) if one[1] < 4.5] == []


async def test_outside_of_wechat_the_address_can_be_copied(open_phone: OpenPhone) -> None:
    async with open_phone(user_agent=SAFARI) as page:
        await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await page.goto(PAGE)
        await page.get_by_role("button", name="复制地址").tap()
        await expect(page.get_by_role("button", name="已复制")).to_be_visible()
        assert await page.evaluate("navigator.clipboard.readText()") == f"{PUBLIC}{PAGE}"
        await expect(page.get_by_role("img", name="这个页面的二维码")).to_be_visible()


def shot(name: str) -> Path:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS / f"member-{name}.png"


async def test_the_month_can_be_kept_as_a_picture(town: Town, open_phone: OpenPhone) -> None:
    await history(town, 3, 2, 1, late=2)
    async with open_phone(LIHUA, java_script_enabled=False) as page:
        await page.goto(PAGE)
        await page.get_by_text("存成图片").tap()
        picture = page.get_by_role("img", name=re.compile("打卡日历"))
        await expect(picture).to_have_js_property("naturalWidth", 750)
        box = await page.locator(".picture > summary").bounding_box()
        assert box is not None
        assert box["height"] >= 44
        await page.screenshot(path=shot("picture"), full_page=True)

"""Makes the pictures of `docs/rooms/` and `docs/demo.png`, from a fresh demo: `make screenshots`.

It needs Chromium, like the tests of pages. Each picture is of 96 colours and at most 100 KiB.
"""

import asyncio
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

from bot.commons.accounts import DEMO_ADVISOR, DEMO_NAME
from tests.browser.conftest import ARGUMENTS, CHROMIUM, says_it_is_she, sign_in

ROOT = Path(__file__).parents[2]
ROOMS = ROOT / "docs" / "rooms"
MEMBERS = {
    "badges": "badges/mine",
    "challenges": "challenges/mine",
    "checkin": "checkin/mine",
    "ideas": "ideas/board",
    "mall": "mall/shop",
    "polls": "polls/vote",
    "rankings": "rankings/board",
    "referral": "referral/mine",
    "salons": "salons/coming",
    "stamps": "stamps/mine",
}
"""Which page a member sees of a room."""
CONSOLE = {
    "bookings": "bookings",
    "doors": "door",
    "faq": "faq",
    "imports": "imports",
    "invitations": "invitations",
    "makeups": "amnesties",
    "minisurveys": "minisurveys",
    "opinion": "opinion",
    "photos": "photos",
    "questions": "questions",
    "recall": "recall",
    "review": "review",
    "rewards": "rewards",
    "roster": "roster",
    "satisfaction": "satisfaction",
    "surveys": "surveys",
    "titles": "titles",
    "trials": "trials",
    "ugc": "ugc",
    "vouchers": "coupons",
    "weekly": "weekly",
}
"""Which page operators see of a room."""
DESK = {
    "amends": "amends",
    "care": "cases/{case}",
    "clocks": "",
    "desk": "cases/{case}",
    "followups": "followups",
}
"""Which page advisors see of a room; those of `_PHONE_DESK` as a phone shows it."""
_PHONE_DESK = ("clocks", "desk")
CHATS = {
    "cards": ("李顾问", ""),
    "guide": ("阿美", "推荐一件五百以内的裙子"),
}
"""Whose phone shows a room in a chat, and what she writes first."""
_ARRIVED = (("amei", 6), ("xiaoyu", 12), ("wangjie", 18), ("azhen", 20))
"""Whose orders have arrived, so many hours ago."""
MOST_BYTES = 100 * 1024
_COLOURS = 96
_WHO = "amei"
_ANSWERS_MS = 15_000
_QUIET_MS = 1_500
"""So long after it was opened a live page has drawn all that it knows."""
_PHONE, _DESK, _CHAT = (375, 700), (1000, 700), (1280, 860)


@asynccontextmanager
async def demo() -> AsyncIterator[tuple[str, str]]:
    """Run a demo with data of its own; offer its address and the console's password."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with TemporaryDirectory() as folder:
        command = (sys.executable, "-m", "bot", "demo", "--port", str(port), "--data", folder)
        process = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, stdout=PIPE, stderr=DEVNULL
        )
        try:
            yield f"http://127.0.0.1:{port}", await _password(process)
        finally:
            process.terminate()
            await process.wait()


async def _password(process: asyncio.subprocess.Process) -> str:
    """Wait until the demo tells its password, which is when its door is open."""
    assert process.stdout is not None
    async for line in process.stdout:
        _, found, password = line.decode().partition("密码")
        if found:
            return password.strip()
    raise RuntimeError("the demo did not start")


@asynccontextmanager
async def window(browser: Browser, size: tuple[int, int], scale: int) -> AsyncIterator[Page]:
    """Offer a window without movement."""
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        device_scale_factor=scale,
        locale="zh-CN",
        reduced_motion="reduce",
    )
    yield await context.new_page()
    await context.close()


async def keep(page: Page, file: Path) -> None:
    """Keep what is in sight."""
    await asyncio.to_thread(pack, await page.screenshot(), file)


def pack(taken: bytes, file: Path) -> None:
    """Write a picture with fewer colours."""
    picture = Image.open(BytesIO(taken)).convert("RGB").quantize(_COLOURS)
    picture.save(file, "PNG", optimize=True)
    if file.stat().st_size > MOST_BYTES:
        raise ValueError(f"{file.name} is too large")


async def link(page: Page, base: str) -> str:
    """Let the member ask for a link of her own."""
    api = f"{base}/simulator/api/messages"
    await page.request.post(
        api, data={"member": _WHO, "text": "我的打卡"}, headers={"Origin": base}
    )
    for _ in range(_ANSWERS_MS // 200):
        chat = await (await page.request.get(f"{api}?member={_WHO}")).json()
        found = [each["text"] for each in chat if "/m/checkin/" in str(each.get("text"))]
        if found:
            return f"{base}/m/" + str(found[-1]).partition("/m/")[2].split()[0]
        await page.wait_for_timeout(200)
    raise RuntimeError("she got no link")


async def ask_for_code(page: Page) -> None:
    """Ask for a code to invite friends by, where the page offers one."""
    button = page.get_by_role("button", name="要一个邀请码")
    if await button.count():
        await button.click()
        await button.wait_for(state="detached")


async def take_in(page: Page, base: str, table: str) -> None:
    """Let a table of orders come in by the console."""
    file = {"name": "orders.csv", "mimeType": "text/csv", "buffer": table.encode()}
    await page.goto(f"{base}/console/imports")
    await page.get_by_label("是什么").select_option("orders")
    await page.get_by_label("文件：CSV").set_input_files(file)  # type: ignore[arg-type]  # a payload
    ready, done = page.get_by_role("button", name="确认导入"), page.get_by_text("导入好了")
    for button, seen in (("上传并试算", ready), ("确认导入", done)):
        await page.get_by_role("button", name=button).click()
        for _ in range(_ANSWERS_MS // 1000):
            await page.wait_for_timeout(1000)
            await page.goto(f"{base}/console/imports")
            if await seen.count():
                break


def old_orders() -> str:
    """Return a table of orders: one member bought what was reduced, one the better things."""
    rows = ["source,order_id,member,paid_at,paid_yuan,items"]
    for who, sku, yuan in (("linlin", "SGYC-2604", 368), ("wangjie", "SGYC-2601", 2680)):
        for ago in (95, 61):
            day = datetime.now(UTC).date() - timedelta(days=ago)
            item = f'{{""sku"":""{sku}"",""quantity"":2,""price_yuan"":""{yuan}""}}'
            rows.append(f'pos,{who}-{ago},simulator:{who},{day} 15:00,{2 * yuan},"[{item}]"')
    return "\n".join(rows) + "\n"


def late_orders() -> str:
    """Return a table of orders that have arrived some hours ago."""
    now = datetime.now(ZoneInfo("Asia/Shanghai"))
    rows = [
        f"pos,SG-{number},simulator:{who},{now - timedelta(days=2):%F %T},799,"
        f"{now - timedelta(hours=hours):%F %T}"
        for number, (who, hours) in enumerate(_ARRIVED, 1001)
    ]
    return "\n".join(("source,order_id,member,paid_at,paid_yuan,delivered_at", *rows))


async def after_orders(browser: Browser, base: str, password: str) -> None:
    """Let orders arrive, and make the picture of whom they let us ask."""
    async with window(browser, _DESK, 1) as page:
        await page.goto(f"{base}/console/")
        await sign_in(page, DEMO_NAME, password)
        await take_in(page, base, late_orders())
        for _ in range(_ANSWERS_MS // 500):
            await page.goto(f"{base}/console/minisurveys")
            if await page.get_by_text("会问", exact=True).count():
                break
            await page.wait_for_timeout(500)
        await page.locator("#coming").scroll_into_view_if_needed()
        await keep(page, ROOMS / "minisurveys.png")


async def at_the_desk(browser: Browser, base: str, password: str) -> None:
    """Make the pictures of what advisors see."""
    for size, rooms in ((_DESK, {*DESK} - {*_PHONE_DESK}), (_PHONE, {*_PHONE_DESK})):
        async with window(browser, size, 1 if size is _DESK else 2) as page:
            await page.goto(f"{base}/desk/")
            await sign_in(page, DEMO_ADVISOR, password)
            mine = page.locator("article").filter(has_text="我").locator("a").first
            case = str(await mine.get_attribute("href")).rstrip("/").rpartition("/")[2]
            for room in sorted(rooms):
                await page.goto(f"{base}/desk/{DESK[room].format(case=case)}")
                await page.wait_for_timeout(_QUIET_MS)
                await keep(page, ROOMS / f"{room}.png")


async def in_chats(browser: Browser, base: str) -> None:
    """Make the pictures of rooms that are chats alone."""
    async with window(browser, _CHAT, 1) as page:
        for room, (who, words) in CHATS.items():
            await page.goto(f"{base}/simulator/")
            await page.locator(f"input[name=me][aria-label={who}]").check(force=True)
            await page.locator(".bar-back").click()
            await page.locator('[data-chat^="1:1:"]').click()
            if words:
                await page.locator("#draft").fill(words)
                await page.locator("#draft").press("Enter")
            await page.wait_for_timeout(_QUIET_MS)
            await keep(page, ROOMS / f"{room}.png")


async def shoot() -> None:
    """Make all pictures."""
    async with demo() as (base, password), async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        async with window(browser, _CHAT, 1) as page:
            await page.goto(f"{base}/simulator/")
            await page.locator(".chip", has_text="投票").click()
            await page.locator(".card-submit").wait_for()
            await page.get_by_text("已送达").first.wait_for()
            await keep(page, ROOT / "docs" / "demo.png")
        async with window(browser, _PHONE, 2) as page:
            await page.goto(await link(page, base))
            await says_it_is_she(page)
            for room, address in MEMBERS.items():
                await page.goto(f"{base}/m/{address}")
                await ask_for_code(page)
                await keep(page, ROOMS / f"{room}.png")
        async with window(browser, _DESK, 1) as page:
            await page.goto(f"{base}/console/")
            await sign_in(page, DEMO_NAME, password)
            for room, address in CONSOLE.items():
                if room == "recall":
                    await take_in(page, base, old_orders())
                await page.goto(f"{base}/console/{address}")
                await keep(page, ROOMS / f"{room}.png")
        await at_the_desk(browser, base, password)
        await in_chats(browser, base)
        await after_orders(browser, base, password)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(shoot())

"""The roster in a real browser: a week, an absence seen and confirmed, a word for today."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.commons import accounts
from bot.commons.content import Shelf
from bot.kernel.desk import Role
from tests.browser.conftest import (
    DESKTOP,
    PHONE,
    OpenPage,
    looks_right,
    no_wider_than_the_screen,
    sign_in,
)
from tests.kit.roster import ROSTER
from tests.kit.street import Town, open_town
from tests.kit.web import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
ADVISORS = "".join(
    f'[[advisors]]\nuserid = "{userid}"\nname = "{name}"\n'
    for userid, name in (("lisi", "李顾问"), ("wangwu", "王顾问"), ("zhao", "赵店长"))
)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path, ADVISORS) as opened:
        (tmp_path / "content" / "duty.toml").write_text(ROSTER, "utf-8")
        house = opened.app.house
        await house.writer.do(lambda uow: accounts.add(uow, "lin", Role.OPERATOR, PASSWORD))
        await house.writer.do(lambda uow: house.tools.use(Shelf).look(uow.clock.now()))
        yield opened


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
async def test_an_operator_enters_and_ends_an_absence(
    town: Town, open_page: OpenPage, size: tuple[int, int]
) -> None:
    host = f"http://127.0.0.1:{town.port}/console"
    async with open_page(f"{host}/roster", size) as page:
        await sign_in(page, "lin", PASSWORD)
        await page.goto(f"{host}/roster")
        await expect(page.get_by_text("没有人请假。")).to_be_visible()
        await page.get_by_label("谁", exact=True).select_option("王顾问")
        await page.get_by_label("种类").select_option("病假")
        last = page.get_by_label("到哪天，那天也算")
        first = await page.get_by_label("从哪天").input_value()
        await last.fill(f"{int(first[:4]) + 1}{first[4:]}".replace("02-29", "02-28"))
        await page.get_by_label("到几点，空着是到晚上").fill("00:01")
        await page.get_by_role("button", name="看一看，先不登记").click()
        await expect(page.get_by_text("这些时段会没有人")).to_be_visible()
        await looks_right(page, f"roster-draft-{size[0]}")
        await page.set_viewport_size({"width": size[0], "height": size[1]})
        await page.get_by_role("button", name="确定登记").click()
        await expect(page.get_by_role("status")).to_contain_text("已登记：王顾问")
        await expect(page.get_by_text("有营业却没人的时段")).to_be_visible()
        await looks_right(page, f"roster-{size[0]}")
        await page.set_viewport_size({"width": size[0], "height": size[1]})
        await page.locator("summary", has_text="提前结束").click()
        await page.get_by_role("button", name="确定", exact=True).click()
        await expect(page.get_by_role("status")).to_contain_text("已经结束")
        await page.get_by_role("button", name="暂离 李顾问").click()
        await expect(page.get_by_role("status")).to_contain_text("李顾问 今天标记为暂离")
        await page.get_by_role("link", name="下一周").click()
        await expect(page.locator("[aria-current=date]")).to_have_count(0)


async def test_the_week_fits_on_every_screen(town: Town, open_page: OpenPage) -> None:
    host = f"http://127.0.0.1:{town.port}/console"
    async with open_page(f"{host}/roster", (1000, 700)) as page:
        await sign_in(page, "lin", PASSWORD)
        await page.goto(f"{host}/roster")
        for width in (1280, 1000, 961, 900, 768, 700, 390, 320):
            await page.set_viewport_size({"width": width, "height": 700})
            await no_wider_than_the_screen(page)

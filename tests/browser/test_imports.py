"""A table in a real browser: sent on a phone's width, seen, confirmed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

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
from tests.kit.street import Town, open_town
from tests.kit.web import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
TABLE = "sku,name,price_yuan,stock\nC-1,羊绒大衣双面呢,1299.00,3\nS-1,围巾,-5,\n"


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as opened:
        await opened.app.house.writer.do(
            lambda uow: accounts.add(uow, "lisi", Role.OPERATOR, PASSWORD)
        )
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        yield opened


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
async def test_an_operator_sends_sees_and_confirms(
    town: Town, open_page: OpenPage, tmp_path: Path, size: tuple[int, int]
) -> None:
    host = f"http://127.0.0.1:{town.port}/console"
    file = tmp_path / "春装.csv"
    file.write_text(TABLE, "utf-8")
    async with open_page(f"{host}/imports", size) as page:
        await sign_in(page, "lisi", PASSWORD)
        await page.goto(f"{host}/imports")
        await page.get_by_label("文件：CSV").set_input_files(file)
        await page.get_by_role("button", name="上传并试算").click()
        await expect(page.get_by_role("status")).to_contain_text("收到 2 行")
        await works(town)
        await page.goto(f"{host}/imports")
        await expect(page.get_by_text("会新增 1，更新 0，不变 0，拒收 1")).to_be_visible()
        await expect(page.get_by_role("cell", name="price_yuan").first).to_be_visible()
        await no_wider_than_the_screen(page)
        await page.screenshot(path=SCREENSHOTS / f"imports-{size[0]}.png", full_page=True)
        await page.get_by_role("button", name="确认导入 1 行改动").click()
        await expect(page.get_by_role("status")).to_contain_text("开始导入")
        await works(town)
        await page.goto(f"{host}/imports")
        await expect(page.get_by_text("导入好了")).to_be_visible()
        await page.locator("summary", has_text="撤销这次导入").click()
        await page.get_by_role("button", name="确定撤销").click()
        await expect(page.get_by_role("status")).to_contain_text("开始撤销")
        await no_wider_than_the_screen(page)


async def works(town: Town) -> None:
    for _ in range(4):
        await town.due("imports.bites")

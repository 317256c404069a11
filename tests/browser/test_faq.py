"""A question without an answer, as an operator finds it, writes the answer and tries it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.app.tools import forms_of_rooms, known_to_schedules
from bot.commons import accounts
from bot.commons.content import Shelf
from bot.kernel.desk import Role
from tests.browser.conftest import (
    DESKTOP,
    PHONE,
    OpenPage,
    looks_right,
    sign_in,
)
from tests.kit.street import Town, open_town
from tests.kit.web import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as opened:
        await opened.app.house.writer.do(
            lambda uow: accounts.add(uow, "lisi", Role.OPERATOR, PASSWORD)
        )
        yield opened


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
async def test_a_question_without_an_answer_gets_one(
    town: Town, open_page: OpenPage, size: tuple[int, int]
) -> None:
    await town.hears("meimei", "门口能停车吗")
    host = f"http://127.0.0.1:{town.port}/console"
    async with open_page(f"{host}/faq", size) as page:
        await sign_in(page, "lisi", PASSWORD)
        await page.goto(f"{host}/faq")
        await page.get_by_role("link", name="写一条").click()
        await page.get_by_label("答案").fill("停隔壁的地下车库。")
        await page.get_by_role("button", name="写成文件").click()
        await expect(page.get_by_role("status")).to_contain_text("content/faq/门口能停车吗.md")
        reads_again(town)
        await page.goto(f"{host}/faq")
        await page.get_by_label("像会员那样问一句").fill("能停车吗")
        await page.get_by_role("button", name="找", exact=True).click()
        await expect(page.get_by_text("直接回答", exact=True)).to_be_visible()
        await expect(page.locator("meter").first).to_be_visible()
        await looks_right(page, f"faq-{size[0]}")


def reads_again(town: Town) -> None:
    """Let the house find its files as they are now."""
    paths = town.app.config.paths
    known, forms = known_to_schedules(town.app.config), forms_of_rooms()
    town.app.tools.add(Shelf, Shelf(paths.content, paths.schedules, known, forms=forms))

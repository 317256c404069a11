"""A vote on a phone, changed there, and as operators see it on a desk and on a phone."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.commons import accounts
from bot.kernel.desk import Role
from tests.browser.conftest import (
    PHONE,
    OpenPage,
    looks_right,
    no_wider_than_the_screen,
    says_it_is_she,
    sign_in,
)
from tests.kit.street import Town, open_town
from tests.kit.web import PASSWORD
from tests.kit.workshop import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as opened:
        await opened.app.house.writer.do(
            lambda uow: accounts.add(uow, "lisi", Role.OPERATOR, PASSWORD)
        )
        closes = opened.app.clock.now() + timedelta(days=3)
        await opened.writes(
            "polls/spring.md",
            '+++\ntitle = "明年春天进什么"\nkind = "interactive"\nstage = "consideration"\n'
            'options = ["新中式", "美拉德", "学院"]\n'
            f"closes_at = {closes.replace(microsecond=0).isoformat()}\n+++\n一人选一个。\n",
        )
        yield opened


async def test_a_member_votes_and_changes_her_mind(town: Town, open_page: OpenPage) -> None:
    host = f"http://127.0.0.1:{town.port}"
    link = await town.link("meimei")  # 投票 is answered by a card
    async with open_page(f"{host}{link}", PHONE) as page:
        await says_it_is_she(page)
        await page.goto(f"{host}/m/polls/vote")
        await page.get_by_label("美拉德").check()
        await page.get_by_role("button", name="投票", exact=True).click()
        await expect(page.get_by_role("status")).to_contain_text("美拉德")
        await page.get_by_label("学院").check()
        await page.get_by_role("button", name="改我的票").click()
        await expect(page.get_by_role("status")).to_contain_text("学院")
        await expect(page.get_by_label("学院")).to_be_checked()
        await no_wider_than_the_screen(page)
    assert await town.ask("SELECT count(*) FROM ballots") == [(1,)]


async def test_operators_see_how_it_stands(town: Town, open_page: OpenPage) -> None:
    async def voted() -> bool:  # as soon as the file is a poll
        await town.hears("meimei", "投票 2")
        return await town.ask("SELECT count(*) FROM ballots") == [(1,)]

    await until(voted)
    address = f"http://127.0.0.1:{town.port}/console/polls"
    async with open_page(address) as page:
        await sign_in(page, "lisi", PASSWORD)
        await page.goto(address)
        await expect(page.get_by_role("heading", name="明年春天进什么")).to_be_visible()
        await expect(page.get_by_text("1 人").first).to_be_visible()
        await looks_right(page, "polls-console")

"""Second opinions through the whole bot: a member in doubt, the model, her line, the page."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.commons import accounts, members
from bot.kernel.desk import Role
from bot.kernel.events import Judged
from bot.kernel.ids import ChannelName
from bot.kernel.work import UnitOfWork
from tests.browser.conftest import OpenPage, looks_right, sign_in
from tests.kit.opinion import FALSE_ALARM, MODEL, TRUE_ALARM, FakeModel
from tests.kit.street import Town, open_town
from tests.kit.web import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
APP = ChannelName("wecom_app")
SETTINGS = """
[opinion]
enabled = true
base_url = "{base}/v1"
model = "{model}"
[[advisors]]
userid = "lisi"
name = "李顾问"
"""


async def doubts(town: Town, who: str, words: str, score: float) -> None:
    """Let the detector be in doubt about what somebody wrote just now."""
    house = town.app.house

    def publish(uow: UnitOfWork) -> None:
        now = uow.clock.now()
        member = members.resolve(uow, APP, who, now)
        why = ("等了很久",)
        event = Judged(member, APP, "", who, words, now, words, score, "complaint", 1, why, "")
        uow.publish(event)

    await house.writer.do(publish)
    await house.engine.settle()


async def test_a_doubt_is_asked_about_told_and_shown(tmp_path: Path, open_page: OpenPage) -> None:
    async with FakeModel() as model:
        settings = SETTINGS.format(base=model.url, model=MODEL)
        async with open_town(tmp_path, settings) as town:
            await town.hears("amei", "早安")
            await doubts(town, "amei", "袖口开线了，电话13800138000", 0.3)
            assert "真人" in town.platform.to("amei")[-1].words
            model.says = FALSE_ALARM
            await doubts(town, "lily", "随便问问", 0.6)
            model.next.append(503)
            await doubts(town, "vivi", "算了", 0.4)

            assert model.turns(0)[-1]["text"] == "袖口开线了,电话<电话>"
            assert "127.0.0.1" in "".join(await town.hears("vivi", "我的数据"))
            await _page_is_right(town, open_page)


async def _page_is_right(town: Town, open_page: OpenPage) -> None:
    writer = town.app.house.writer
    await writer.do(lambda uow: accounts.add(uow, "lin", Role.OPERATOR, PASSWORD))
    host = f"http://127.0.0.1:{town.port}/console"
    async with open_page(f"{host}/sign-in") as page:
        await sign_in(page, "lin", PASSWORD)
        await page.goto(f"{host}/opinion")
        await expect(page.get_by_text("升为提醒顾问", exact=True)).to_be_visible()
        await expect(page.get_by_text(str(TRUE_ALARM["reason"]).partition("，")[0])).to_be_visible()
        await expect(page.get_by_text("对方出错")).to_be_visible()
        await looks_right(page, "opinion")

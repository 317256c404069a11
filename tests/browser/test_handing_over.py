"""From a follower's complaint to her rating: her phone, an advisor's card, the desk on a phone.

Everything between is real: the account's door, the trip, the app's door, the desk in Chromium.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.commons import accounts
from bot.kernel.desk import Role
from tests.browser.conftest import PHONE, WORKS_WITHIN_MS, OpenPage, looks_right, sign_in
from tests.kit.city import HUMAN, MORNING, OPENID, City, open_city
from tests.kit.media import png
from tests.kit.web import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
CARD = "投诉·重要｜没留名字的会员"
COMPLAINT = "你们这大衣才穿一次扣子就掉了，客服也不理人，我要投诉"
SORRY = "真的抱歉，扣子我们马上给您补，今天就寄出。"


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[City]:
    async with open_city(tmp_path, MORNING + timedelta(hours=2)) as opened:
        advisor = Role.ADVISOR
        await opened.app.house.writer.do(lambda uow: accounts.add(uow, HUMAN, advisor, PASSWORD))
        yield opened


async def heard(city: City) -> list[str]:
    """Let everything happen, and return all that the follower has read."""
    await city.settle()
    return [one.words for one in city.out.mp.delivered if one.to == OPENID and one.kind == "text"]


async def test_a_complaint_goes_from_phone_to_phone(city: City, open_page: OpenPage) -> None:
    assert "打卡成功" in str(await city.follower_writes("打卡"))
    [line] = await city.follower_writes(COMPLAINT)
    assert "已经请王芳来看" in line
    cards = [one for one in city.out.front.delivered if one.to == HUMAN]
    assert [one.body["template_card"]["main_title"]["title"] for one in cards] == [CARD]
    read = await heard(city)

    async with open_page(f"{city.url}/desk/", PHONE) as page:
        await sign_in(page, HUMAN, PASSWORD)
        row = page.locator("article").filter(has_text="扣子就掉了")
        await row.get_by_role("link").click()
        await page.get_by_role("button", name="接手", exact=True).click()
        await expect(page.get_by_role("status").filter(has_text="接下了")).to_be_visible(
            timeout=WORKS_WITHIN_MS
        )
        assert await city.follower_writes("打卡") == [], "it counts, unanswered"
        assert await city.follower_writes("在吗？") == []
        await page.locator("#words").fill(SORRY)
        await page.get_by_role("button", name="发送").click()
        await expect(page.locator(".said .advisor")).to_contain_text(
            "今天就寄出", timeout=WORKS_WITHIN_MS
        )
        assert (await heard(city))[len(read) :] == [SORRY], "a human's words, and no others"
        await looks_right(page, "handing-over")
        await page.locator("summary").filter(has_text="结束").click()
        await page.get_by_label("结果").select_option("solved")
        await page.get_by_role("button", name="了结", exact=True).click()
        await expect(page.locator("#main")).to_contain_text("解决", timeout=WORKS_WITHIN_MS)

    back = (await heard(city))[len(read) + 1 :]
    assert "小助手回来了" in back[0]
    await city.pass_(minutes=2)
    menus = [one for one in city.out.mp.delivered if one.kind == "msgmenu"]
    assert len(menus) == 1, "one question, once"
    assert "王芳刚才帮你处理得怎么样" in str(menus[0].body)
    assert await city.follower_writes("5") != []
    assert await city.ask("SELECT score FROM case_ratings") == [(5,)]
    assert await city.ask("SELECT state, code FROM cases") == [("resolved", "solved")]
    assert await city.ask("SELECT count(*) FROM checkins") == [(1,)]
    assert city.out.refused == []


async def test_a_picture_is_before_an_advisor_within_a_minute(
    city: City, open_page: OpenPage
) -> None:
    media_id = city.out.front.files.puts(png(300, 200), "mine.png")
    began = city.now
    await city.customer_writes("", msgtype="image", image={"media_id": media_id})
    await city.pass_(seconds=50)

    cards = [one for one in city.out.front.delivered if one.to == HUMAN]
    assert "[图片]" in str(cards[0].body["template_card"])
    assert city.now - began < 60
    async with open_page(f"{city.url}/desk/", PHONE) as page:
        await sign_in(page, HUMAN, PASSWORD)
        await page.locator("article").get_by_role("link").first.click()
        thumbnail = page.get_by_role("img", name="会员发来的图片")
        await expect(thumbnail).to_have_js_property("naturalWidth", 300, timeout=WORKS_WITHIN_MS)

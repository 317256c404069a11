"""The pages of ideas, questions, trials and surveys on a phone and at a desk."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bot.commons import accounts
from bot.kernel.desk import Role
from tests.browser.conftest import (
    DESKTOP,
    PHONE,
    SCREENSHOTS,
    OpenPage,
    no_wider_than_the_screen,
    says_it_is_she,
    sign_in,
)
from tests.kit.street import Town, open_town
from tests.kit.web import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as opened:
        await opened.app.house.writer.do(
            lambda uow: accounts.add(uow, "lisi", Role.OPERATOR, PASSWORD)
        )
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        yield opened


async def looks_right(page: Page, name: str) -> None:
    """Nothing is wider than the screen; a person can look at the picture."""
    await page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
    await no_wider_than_the_screen(page)


async def signs_in(page: Page, address: str) -> None:
    await sign_in(page, "lisi", PASSWORD)
    await page.goto(address)


async def test_a_member_proposes_and_supports(town: Town, open_page: OpenPage) -> None:
    await town.hears("meimei", "建议：多进 XS 码的大衣，试衣间再亮一点")
    link = await town.link("lihua", "我的建议")
    async with open_page(f"http://127.0.0.1:{town.port}{link}", PHONE) as page:
        await says_it_is_she(page)
        await page.get_by_label("想说的话").fill("周日晚一点关门")
        await page.get_by_role("button", name="提交").click()
        await expect(page.get_by_text("收到，编号 2")).to_be_visible()
        await page.get_by_role("button", name=re.compile(r"支持\s*建议 1")).click()
        await expect(page.get_by_text("现在 1 人支持，再有 9 人")).to_be_visible()
        await looks_right(page, "ideas-board")


@SIZES
async def test_an_operator_answers_an_idea(
    town: Town, open_page: OpenPage, size: tuple[int, int]
) -> None:
    await town.hears("meimei", "建议：多进 XS 码的大衣，试衣间再亮一点")
    await town.hears("lihua", "建议 加我微信 abc12345 一起团购")
    address = f"http://127.0.0.1:{town.port}/console/ideas"
    async with open_page(address, size) as page:
        await signs_in(page, address)
        await looks_right(page, f"ideas-{size[0]}")
        await page.get_by_label("给会员的话（会发给她）").first.fill("十月上架")
        await page.get_by_label("然后").first.select_option("adopted")
        await page.get_by_role("button", name="答复").first.click()
        await expect(page.get_by_role("status")).to_contain_text("已采纳，已经告诉她")
        await page.locator("summary", has_text="悬赏奖励").click()
        await page.get_by_label("多少积分").fill("50")
        await page.get_by_label("为什么（必填，会记下来）").fill("真的做了")
        await page.get_by_role("button", name="提出奖励").click()
        await expect(page.get_by_role("status")).to_contain_text("等另一位同事同意")
        await looks_right(page, f"ideas-reward-{size[0]}")


async def test_a_member_asks_and_reads(town: Town, open_page: OpenPage) -> None:
    await town.hears("meimei", "提问 羊毛大衣怎么洗")
    link = await town.link("meimei", "问答")
    async with open_page(f"http://127.0.0.1:{town.port}{link}", PHONE) as page:
        await says_it_is_she(page)
        await page.get_by_label("想问的事").fill("周日几点关门")
        await page.get_by_role("button", name="提问", exact=True).click()
        await expect(page.get_by_text("收到，编号 2")).to_be_visible()
        await looks_right(page, "questions-all")


@SIZES
async def test_an_expert_answers_with_the_keyboard(
    town: Town, open_page: OpenPage, size: tuple[int, int]
) -> None:
    await town.hears("meimei", "提问 羊毛大衣怎么洗，要不要送干洗店")
    address = f"http://127.0.0.1:{town.port}/console/questions"
    async with open_page(address, size) as page:
        await signs_in(page, address)
        await looks_right(page, f"questions-{size[0]}")
        await page.keyboard.type("干洗，别机洗。")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("已经回答，发给她了")
        await page.locator("summary", has_text="公开…").click()
        await page.get_by_role("button", name="公开", exact=True).click()
        await expect(page.get_by_role("status")).to_contain_text("公开了")
        await looks_right(page, f"questions-answered-{size[0]}")


TRIAL = """+++
kind = "interactive"
stage = "consideration"
title = "新款羊绒围巾试用"
quota = 1
consent = "拿到以后不外传照片；先在手腕内侧试一小时。"
questions = ["平时穿几码"]
feedback = ["合身吗", "会买吗"]
+++
羊绒围巾，三种颜色，送一条给你试。
"""


async def test_a_member_applies_with_consent(town: Town, open_page: OpenPage) -> None:
    await town.writes("trials/a.md", TRIAL)
    link = await town.link("meimei", "申请")
    async with open_page(f"http://127.0.0.1:{town.port}{link}", PHONE) as page:
        await says_it_is_she(page)
        await looks_right(page, "trials-apply")
        await page.get_by_label("平时穿几码").fill("XS")
        await page.get_by_label("我看过并且同意").check()
        await page.get_by_role("button", name="申请").click()
        await expect(page.get_by_text("申请上了！")).to_be_visible()
        await page.get_by_label("合身吗").fill("刚好")
        await page.get_by_role("button", name="交反馈").click()
        await expect(page.get_by_text("谢谢你的反馈")).to_be_visible()
        await looks_right(page, "trials-in")


@SIZES
async def test_an_operator_hands_out(
    town: Town, open_page: OpenPage, size: tuple[int, int]
) -> None:
    await town.writes("trials/a.md", TRIAL)
    for who in ("meimei", "lihua"):
        await town.hears(who, "申请 1")
        await town.hears(who, "同意 1")
    address = f"http://127.0.0.1:{town.port}/console/trials"
    async with open_page(address, size) as page:
        await signs_in(page, address)
        await looks_right(page, f"trials-{size[0]}")
        await page.get_by_role("button", name=re.compile("^已发出")).click()
        await expect(page.get_by_role("status")).to_contain_text("记下已经发出")
        await page.get_by_label("标题").fill("新品试穿")
        await page.get_by_role("button", name="写成文件").click()
        await expect(page.get_by_role("status")).to_contain_text("写好了 content/trials/")


SURVEY = """+++
kind = "interactive"
stage = "consideration"
title = "秋冬大衣"
audience = ["all"]
closes_at = 2036-08-25T22:00:00+08:00
[[questions]]
text = "最想要的颜色"
kind = "single"
options = ["黑", "白", "驼"]
[[questions]]
text = "这季满意吗"
kind = "scale"
[[questions]]
text = "会把我们推荐给朋友吗"
kind = "nps"
[[questions]]
text = "还想说什么"
kind = "text"
required = false
+++
说说大衣，一分钟。
"""


@SIZES
async def test_a_survey_is_sent_answered_and_seen(
    town: Town, open_page: OpenPage, size: tuple[int, int]
) -> None:
    await town.hears("meimei", "打卡")
    await town.writes("surveys/a.md", SURVEY)
    address = f"http://127.0.0.1:{town.port}/console/surveys"
    async with open_page(address, size) as desk:
        await signs_in(desk, address)
        await desk.locator("summary", has_text="发出…").click()
        await desk.get_by_role("button", name="确定发出").click()
        await expect(desk.get_by_role("status")).to_contain_text("正在发给选中的人")
        await town.due("surveys.send")
        link = (await town.link("meimei", "问卷 1")).strip()
        async with open_page(f"http://127.0.0.1:{town.port}{link}", PHONE) as page:
            await says_it_is_she(page)
            await page.get_by_label("白").check()
            await page.get_by_label("5 分（很满意）").check()
            await page.get_by_label("10（一定会）").check()
            await looks_right(page, "surveys-mine")
            await page.get_by_role("button", name="提交").click()
            await expect(page.get_by_text("谢谢，记下了")).to_be_visible()
        await town.due("surveys.arrived")
        await desk.goto(address)
        await expect(desk.get_by_text("平均 5.0 分")).to_be_visible()
        await expect(desk.get_by_text("NPS 样本不足（n = 1，满 30 才算）")).to_be_visible()
        await looks_right(desk, f"surveys-{size[0]}")

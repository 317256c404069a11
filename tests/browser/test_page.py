"""The simulator's page in a real browser, with an ear in the bot's place."""

import base64

import pytest
from playwright.async_api import FilePayload, Page, expect

from bot.kernel.messages import Button, Card, CardKind, CardUpdate, Choice, Markdown, Question
from tests.browser.conftest import OpenPage
from tests.kit.simulator import PNG, Stage

pytestmark = pytest.mark.browser

HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=1</script>'
VOTE = Card(
    "poll-1",
    CardKind.VOTE,
    "沙龙主题",
    "回复「投票 1」",
    questions=(Question("q", (Choice("a", "大衣"), Choice("b", "围巾"))),),
    submit=Button("投票", "vote:1"),
)


def address(stage: Stage) -> str:
    return str(stage.client.make_url("/simulator/"))


def png(name: str) -> FilePayload:
    data = base64.b64decode(PNG.partition(",")[2])
    return {"name": name, "mimeType": "image/png", "buffer": data}


async def said(stage: Stage, text: str, member: str = "xiaoyu") -> None:
    await stage.post("messages", {"member": member, "group": "vip-1", "text": text})


async def is_wider_than_its_window(page: Page) -> bool:
    width: int = await page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    return width > 0


async def test_enter_sends_and_shift_enter_does_not(stage: Stage, open_page: OpenPage) -> None:
    async with open_page(address(stage)) as page:
        draft = page.get_by_label("消息，回车发送")
        await draft.fill("早")
        await draft.press("Shift+Enter")
        await draft.type("打卡")
        await draft.press("Enter")

        await expect(page.locator(".row-mine .bubble")).to_have_text("早\n打卡")
        await expect(draft).to_have_value("")

    assert [update.text for update in stage.ear.heard] == ["早\n打卡"]


async def test_what_could_not_be_stored_stays_in_the_composer(
    stage: Stage, open_page: OpenPage
) -> None:
    async with open_page(address(stage)) as page:
        draft = page.get_by_label("消息，回车发送")
        await draft.fill("打卡")
        stage.ear.deaf = True
        await draft.press("Enter")
        await expect(page.get_by_text("没有存下来，请再发一次")).to_be_visible()
        await expect(draft).to_have_value("打卡")
        await expect(page.locator(".row-mine")).to_have_count(0)

        stage.ear.deaf = False
        await page.get_by_role("button", name="发送").click()
        await expect(page.locator(".row-mine")).to_have_count(1)

    assert len(stage.ear.heard) == 1


async def test_hostile_words_are_only_words(stage: Stage, open_page: OpenPage) -> None:
    _, member = await stage.post("members", {"name": HOSTILE[:20]})
    await said(stage, HOSTILE, member["id"])
    await said(stage, "长" * 500 + " https://example.com/" + "x" * 300)
    await stage.bot_says(Markdown(f"**{HOSTILE}** [点我](javascript:alert(1))", ""))

    async with open_page(address(stage), (375, 667)) as page:
        await expect(page.locator(".row")).to_have_count(3)

        await expect(page.locator(".row").first).to_contain_text(HOSTILE)
        await expect(page.locator("#log img, #log script")).to_have_count(0)
        await expect(page.get_by_role("link", name="点我")).to_have_count(0)
        assert "1" not in await page.title()
        assert not await is_wider_than_its_window(page)


async def test_a_vote_is_cast_and_stays_cast(stage: Stage, open_page: OpenPage) -> None:
    message = int((await stage.bot_says(VOTE)).platform_id)
    async with open_page(address(stage)) as page:
        await page.get_by_role("radio", name="围巾").check()
        await stage.post("taps", {"member": "azhen", "message_id": message, "option": "a"})
        await said(stage, "我投好了", "azhen")
        await expect(page.get_by_role("log")).to_contain_text("我投好了")
        await page.locator(".card-submit").click()
        await expect(page.locator(".card-submit")).to_be_enabled()
        tap = stage.ear.heard[-1].tap
        assert tap is not None
        await stage.bot_says(CardUpdate(tap.handle, "已投票"), key="k2")

        await expect(page.get_by_role("button", name="已投票")).to_be_disabled()
        await expect(page.locator(".option.picked")).to_have_text("围巾")

        await page.get_by_role("radio", name="小鱼").check()
        await expect(page.locator(".card-submit")).to_be_enabled()

    assert tap.chosen == ("b",)


async def test_a_picture_is_previewed_sent_and_enlarged(stage: Stage, open_page: OpenPage) -> None:
    async with open_page(address(stage)) as page:
        await expect(page.locator("#log .empty")).to_be_visible()  # it listens now
        await page.set_input_files("#files", files=[png("一.png"), png("二.png")])
        await page.get_by_role("button", name="移除第 1 张图片").click()
        await expect(page.locator("#previews img")).to_have_count(1)
        await page.get_by_role("button", name="发送").click()

        await page.locator(".picture").click()
        await expect(page.locator("#viewer img")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.locator("#viewer")).to_be_hidden()


async def test_other_chats_count_what_is_unread(stage: Stage, open_page: OpenPage) -> None:
    async with open_page(address(stage)) as page:
        await expect(page.locator("#log .empty")).to_be_visible()
        await stage.bot_says("给阿美的", to="amei", key="a")
        await stage.bot_says("给二群的", to="chat-2", key="b")
        await expect(page.locator("#others-unread")).to_have_text("2")

        await page.get_by_role("button", name="返回聊天列表").last.click()
        await page.get_by_role("button", name="穿搭二群").click()

        await expect(page.get_by_role("log")).to_contain_text("给二群的")
        await expect(page.locator("#others-unread")).to_have_text("1")


SCROLLS_UP = """log => new Promise(done => {
    log.addEventListener("scroll", done, { once: true });
    log.scrollTop = 0;
})"""


async def test_who_reads_above_is_not_pulled_down(stage: Stage, open_page: OpenPage) -> None:
    for number in range(30):
        await said(stage, f"第 {number} 条")
    async with open_page(address(stage)) as page:
        await expect(page.get_by_text("第 29 条", exact=True)).to_be_in_viewport()
        await page.locator("#log").evaluate(SCROLLS_UP)
        await said(stage, "新的一条")

        await page.get_by_role("button", name="有新消息").click()
        await expect(page.get_by_text("新的一条", exact=True)).to_be_in_viewport()
        await expect(page.get_by_role("button", name="有新消息")).to_be_hidden()


async def test_a_new_member_speaks(stage: Stage, open_page: OpenPage) -> None:
    async with open_page(address(stage), (375, 667)) as page:
        await page.get_by_role("button", name="添加会员").click()
        await page.get_by_label("昵称").fill("小美")
        await page.get_by_role("button", name="添加", exact=True).click()
        await page.get_by_role("button", name="打卡", exact=True).click()
        await expect(page.locator(".row-mine .bubble")).to_have_text("打卡")

    assert stage.ear.heard[-1].extra["name"] == "小美"


async def test_the_page_says_when_the_line_is_broken(stage: Stage, open_page: OpenPage) -> None:
    async with open_page(address(stage)) as page:
        await expect(page.locator("#log .empty")).to_be_visible()
        await page.context.set_offline(offline=True)
        await page.get_by_role("button", name="打卡", exact=True).click()
        await expect(page.get_by_text("连不上服务器")).to_be_visible()

        await page.context.set_offline(offline=False)
        await said(stage, "在吗")
        await expect(page.get_by_role("log")).to_contain_text("在吗")


async def test_the_guide_is_dismissed_for_good(stage: Stage, open_page: OpenPage) -> None:
    async with open_page(address(stage)) as page:
        await page.get_by_role("button", name="知道了").click()
        await page.reload()

        await expect(page.get_by_role("button", name="再看一遍")).to_be_visible()
        await expect(page.get_by_role("heading", name="三步看懂")).to_be_hidden()

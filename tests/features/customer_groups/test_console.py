"""The operators' pages: who is where and how we know, hostile names, lines to paste."""

import tomllib

from bot.features import customer_groups
from bot.kernel.ids import ChannelName, GroupId
from bot.kernel.ports import Group, Groups
from tests.kit.customers import chat, customer
from tests.kit.groups import Stage
from tests.kit.house import HouseUnderTest
from tests.kit.platforms import Fault

GROUPS, GREETINGS = customer_groups.feature.pages
NASTY = '<b>"=1+1"\u202e\n\\晚上'


async def page(built: HouseUnderTest, **query: str) -> str:
    shown = await built.house.writer.look(lambda uow: GROUPS.load(uow, built.tools, query))
    return built.words(GROUPS.template, **shown, csrf_field="")


async def greetings_page(built: HouseUnderTest, **query: str) -> str:
    shown = await built.house.writer.look(lambda uow: GREETINGS.load(uow, built.tools, query))
    return built.words(GREETINGS.template, **shown, csrf_field="")


async def press(built: HouseUnderTest, action: str, form: dict[str, str]) -> str:
    act = {**GROUPS.actions, **GREETINGS.actions}[action]
    said = await built.house.writer.do(lambda uow: act(uow, built.tools, form, "xiaoli"))
    await built.house.engine.settle()
    return said


async def test_without_the_channel_the_pages_say_what_to_do(stage: Stage) -> None:
    async with stage.house(configured=False) as built:
        assert "[channels.customer_groups]" in await page(built)
        assert "[channels.customer_groups]" in await greetings_page(built)
        assert "没有配置客户联系" in await page(built, view="tags")


async def test_an_empty_house_says_what_will_come(stage: Stage) -> None:
    async with stage.house() as built:
        assert "还没有客户群" in await page(built)
        await built.house.engine.settle()
        assert "最近一次全部核对" in await page(built)
        assert "还没有企业标签" in await page(built, view="tags")
        assert "还没有欢迎语" in await greetings_page(built)


async def test_the_list_tells_of_each_group(stage: Stage) -> None:
    stage.platform.opens(1, name="徒步一群")
    stage.platform.joins(1, customer(1), customer(2))
    stage.platform.opens(2, name="")
    stage.platform.chats[chat(2)].status = 1
    stage.clock.tick(seconds=9)
    async with stage.house() as built:
        await built.house.engine.settle()
        await stage.hears(built, stage.platform.leaves(1, customer(2)))
        shown = await page(built)

    assert "2 个群" in shown
    assert "徒步一群" in shown
    assert "未命名的群" in shown
    assert "群主已离职" in shown
    assert "<td>2</td><td>1</td>" in shown
    assert "退 1" in shown


async def test_progress_is_told_while_groups_are_read(stage: Stage) -> None:
    stage.platform.opens(1)
    stage.platform.opens(2)
    stage.clock.tick(seconds=9)
    stage.platform.faults["externalcontact/groupchat/get"].append(Fault(errcode=45009))
    async with stage.house() as built:
        await built.house.engine.settle()
        assert "正在核对</span> 共 2 个，还剩 2 个" in await page(built)
        await stage.passes(built, seconds=61)
        act = GROUPS.actions["reconcile"]
        said = await built.house.writer.do(lambda uow: act(uow, built.tools, {}, "xiaoli"))
        assert "开始重读" in said
        await built.house.engine.settle()
        assert "最近一次全部核对" in await page(built)
        rounds = await built.ask("SELECT number, asked_by FROM group_rounds")
        assert rounds == [(2, "xiaoli")]


async def test_a_group_shows_who_came_and_went_and_how(stage: Stage) -> None:
    stage.platform.opens(1)
    stage.clock.tick(seconds=9)
    async with stage.house() as built:
        await built.house.engine.settle()
        await stage.hears(built, stage.platform.joins(1, customer(1), scene=3, state="海报"))
        await stage.hears(built, stage.platform.joins(1, customer(2), scene=1, inviter="lihua"))
        await stage.passes(built, seconds=30)
        await stage.hears(built, stage.platform.leaves(1, customer(1), removed=True))
        shown = await page(built, chat=chat(1))

        assert "扫码" in shown
        assert "成员邀请" in shown
        assert "名字ihua" in shown
        assert "海报" in shown
        assert "被移出" in shown
        assert "没有这个群" in await page(built, chat="wr-nowhere")


async def test_hostile_names_stay_words(stage: Stage) -> None:
    stage.platform.opens(1, name=NASTY)
    stage.platform.joins(1, customer(1), state="<script>")
    for one in stage.platform.chats[chat(1)].people.values():
        one["group_nickname"] = one["name"] = NASTY
    stage.platform.notices(1, NASTY)
    stage.clock.tick(seconds=9)
    async with stage.house() as built:
        await built.house.engine.settle()
        for shown in (await page(built), await page(built, chat=chat(1))):
            assert "<b>" not in shown
            assert "<script>" not in shown
            assert "晚上" in shown


async def test_lines_to_paste_are_a_configuration(stage: Stage) -> None:
    stage.platform.opens(1, name=NASTY, owner="LiHua")
    stage.platform.opens(2, name="已经在了")
    stage.clock.tick(seconds=9)
    known = Group(GroupId("vip"), "一群", ChannelName("customer_groups"), chat(2), "lihua")
    async with stage.house() as built:
        built.tools.add(Groups, Groups.of([known]))
        await built.house.engine.settle()
        shown = await page(built)
    lines = shown.partition('<pre tabindex="0">')[2].partition("</pre>")[0]
    for escaped, sign in (("&#34;", '"'), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        lines = lines.replace(escaped, sign)

    (entry,) = tomllib.loads(lines)["groups"]
    assert (entry["chat_id"], entry["owner"]) == (chat(1), "LiHua")
    assert entry["channel"] == "customer_groups"
    assert entry["id"].startswith("kh-")
    assert "晚上" in entry["name"]


async def test_a_join_way_is_shown_as_a_picture_and_a_doubt_as_such(stage: Stage) -> None:
    stage.platform.opens(1)
    stage.clock.tick(seconds=9)
    async with stage.house() as built:
        await built.house.engine.settle()
        assert "建入群码" in await page(built)
        await press(built, "make-way", {"chat": chat(1), "state": "海 报" * 20})
        shown = await page(built)

        assert 'src="/console/groups/files/1"' in shown
        assert "作废" in shown
        await built.house.writer.do(
            lambda uow: uow.session.connection().exec_driver_sql(
                "UPDATE group_join_ways SET status = 'doubtful', picture_url = ''"
            )
        )
        assert "不知道建成没有" in await page(built, chat=chat(1))


async def test_greetings_say_that_owners_pick_them(stage: Stage) -> None:
    async with stage.house() as built:
        await built.house.engine.settle()
        form = {"text": NASTY, "title": "<i>群规", "url": "https://example.invalid/rules"}
        assert "群主" in await press(built, "add", form)
        shown = await greetings_page(built)

        assert "要由群主在企业微信的群设置里手动选用" in shown
        assert "已在平台上" in shown
        assert "<b>" not in shown
        assert "<i>" not in shown
        assert "修改第 1 条" in await greetings_page(built, edit="1")


async def test_dismissed_groups_are_shown_when_asked_for(stage: Stage) -> None:
    stage.platform.opens(1, name="旧群")
    stage.clock.tick(seconds=9)
    async with stage.house() as built:
        await built.house.engine.settle()
        await stage.hears(built, stage.platform.dismisses(1))

        assert "旧群" not in await page(built)
        assert "已解散" in await page(built, show="all")


async def test_many_groups_have_pages(stage: Stage) -> None:
    for number in range(60):
        stage.platform.opens(number, name=f"群 {number:02}")
    stage.clock.tick(seconds=9)
    async with stage.house() as built:
        await built.house.engine.settle()
        first, second = await page(built), await page(built, page="2")

        assert "下一页" in first
        assert "群 59" not in first
        assert "群 59" in second
        assert "没有更多的群了" in await page(built, page="9")
        assert "群 00" in await page(built, page="<b>")

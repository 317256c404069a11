"""The operators' page: who waits, who has whom, who is on duty; and what a member takes along."""

from pathlib import Path

from bot.channels.wecom.kefu import KEFU
from bot.commons import members
from bot.features import handoff
from bot.kernel.errors import Refusal
from bot.kernel.work import Statement, UnitOfWork
from tests.features.handoff.conftest import ROOMS, Desk
from tests.kit.front_desk import WM
from tests.kit.house import HouseUnderTest
from tests.kit.kefu import WK, WK2
from tests.kit.platforms import Fault
from tests.kit.reception import RECEIVING

FORGET = (Statement("DELETE FROM person_keys"), Statement("DELETE FROM identities"))
(PAGE,) = handoff.feature.pages


async def page(desk: Desk) -> str:
    house = desk.house
    shown = await house.house.writer.look(lambda uow: PAGE.load(uow, house.tools, {}))
    return house.words(PAGE.template, csrf_field="", **shown)


async def press(desk: Desk, action: str, **form: str) -> str:
    act, house = PAGE.actions[action], desk.house
    try:
        said = await house.house.writer.do(lambda uow: act(uow, house.tools, form, "xiaoli"))
    except Refusal as refused:
        return "✗ " + house.words(refused.template, **refused.words)
    await desk.settle()
    return said


async def test_empty_the_page_says_what_to_do(desk: Desk) -> None:
    shown = await page(desk)

    assert "现在没有人在等" in shown
    assert "现在没有同事在接待" in shown
    assert "还没有接待人员" in shown


async def test_who_waits_and_who_has_whom_are_listed(desk: Desk) -> None:
    await desk.says("转人工", "wm1")
    desk.platform.employs("lihua")
    await desk.says("转人工", "wm2")
    desk.clock.tick(minutes=3)
    await desk.house.house.writer.do(lambda uow: members.name_identity(uow, KEFU, "wm1", "<b>阿美"))
    shown = await page(desk)

    assert "&lt;b&gt;阿美" in shown
    assert "3 分钟" in shown
    assert "排队池" in shown
    assert "李顾问" in shown
    assert "1 位" in shown


async def test_an_operator_gives_a_conversation_back(desk: Desk) -> None:
    desk.platform.employs("lihua")
    await desk.says("转人工")
    assert "正在结束" in await press(desk, "end", talk="1")

    assert desk.platform.state_of(WM)[0] == 4
    assert "人工接待结束了" in desk.platform.to(WM)[-1].words
    assert "不用再结束" in await press(desk, "end", talk="1")
    assert "不用再结束" in await press(desk, "end", talk="１")
    audit = await desk.house.ask("SELECT who, what FROM audit ORDER BY id")
    assert audit[-2:] == [("xiaoli", "handoff.end_asked"), ("lihua", "cases.resolved")]


async def test_out_of_the_pool_she_can_come_back_even_if_the_platform_refuses(desk: Desk) -> None:
    desk.platform.ends_from_pool = False
    await desk.says("转人工")
    await press(desk, "end", talk="1")

    assert desk.platform.state_of(WM)[0] == 2
    assert "上次没成" in await page(desk)
    desk.platform.sessions[WK, WM].state = 4
    await desk.waits(seconds=61)
    assert await desk.state() == ("nobody", "", "")


async def test_accounts_are_named_only_where_there_are_several(desk: Desk) -> None:
    desk.platform.employs("lihua")
    await desk.says("转人工")
    shown = await desk.house.house.writer.look(lambda uow: PAGE.load(uow, desk.house.tools, {}))

    def said(accounts: object) -> str:
        return desk.house.words(PAGE.template, csrf_field="", **{**shown, "accounts": accounts})

    assert ">账号</th>" in said([("kefu", WK), ("kefu", WK2)])
    assert ">账号</th>" not in said([("kefu", WK)])


async def test_servicers_are_added_and_removed(desk: Desk) -> None:
    account = f"kefu:{WK}"
    assert "已提交" in await press(desk, "add", account=account, human="anna")
    assert list(desk.platform.staff[WK]) == ["anna"]
    assert "停止接待" in await page(desk)
    desk.platform.goes("anna", RECEIVING)
    await desk.settle()
    assert "接待中</span>" in await page(desk)

    assert "已提交移除" in await press(desk, "remove", account=account, human="anna")
    assert desk.platform.staff[WK] == {}
    assert "还没有接待人员" in await page(desk)
    assert await desk.house.ask("SELECT who, what, why FROM audit ORDER BY id") == [
        ("xiaoli", "handoff.servicer_add", f"anna {WK}"),
        ("xiaoli", "handoff.servicer_remove", f"anna {WK}"),
    ]


async def test_who_can_not_be_added_is_shown_with_the_reason(desk: Desk) -> None:
    desk.platform.in_range = set()
    await press(desk, "add", account=f"kefu:{WK}", human="stranger")
    assert "60030" in await page(desk)

    assert "✗ 成员账号不对" in await press(desk, "add", account=f"kefu:{WK}", human="李 华")
    assert "✗ 没有这个客服账号" in await press(desk, "add", account="kefu:other", human="anna")


async def test_one_account_in_trouble_holds_up_no_other(desk: Desk) -> None:
    desk.platform.employs("lihua")
    desk.platform.faults["kf/servicer/list"].append(Fault(errcode=95000))
    await desk.says("转人工")
    await desk.waits(minutes=6)

    assert "李顾问" in await page(desk)


async def test_a_member_takes_her_conversations_with_her(desk: Desk) -> None:
    desk.platform.employs("lihua")
    await desk.says("转人工")
    [mine] = handoff.feature.personal

    def forget(uow: UnitOfWork) -> object:
        member = members.find(uow, KEFU, WM)
        assert member is not None
        exported = mine.export(uow, member)
        mine.erase(uow, member)
        for statement in FORGET:
            uow.run(statement)
        return exported

    exported = await desk.house.house.writer.do(forget)
    assert exported == [{"channel": "kefu", "account": WK, "state": "human", "human": "lihua"}]
    desk.platform.ends(WM)
    await desk.waits(minutes=16)
    assert await desk.house.ask("SELECT count(*) FROM handoff_sessions") == [(0,)]


async def test_a_house_without_such_a_door_works_and_says_so(tmp_path: Path) -> None:
    async with HouseUnderTest(tmp_path, ROOMS) as built:
        await built.house.engine.settle()
        [answer] = await built.hears("amei", "转人工")
        shown = await built.house.writer.look(lambda uow: PAGE.load(uow, built.tools, {}))
        said = built.words(PAGE.template, csrf_field="", **shown)
        assert await built.hears("amei", "打卡") == []
        assert await built.ask("SELECT count(*) FROM handoff_sessions") == [(0,)]

    assert "你的消息记下了" in answer
    assert "没有配置微信客服" in said
    assert "<form" not in said

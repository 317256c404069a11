"""From 转人工 to a human and back: the bot is silent in between, and nobody waits unseen."""

import asyncio

import pytest

from bot.channels.wecom.kefu import KEFU
from bot.commons import audit, cases, members, reception
from bot.features.handoff.errands import move
from bot.kernel import crash
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import UnitOfWork
from bot.pipeline.personal import personal as pipeline_personal
from tests.features.handoff.conftest import ROOMS, Desk
from tests.kit.front_desk import WM
from tests.kit.kefu import WK
from tests.kit.platforms import Fault
from tests.kit.reception import RECEIVING, STOPPED
from tests.kit.workshop import until


async def test_a_human_on_duty_gets_the_conversation_after_the_honest_line(desk: Desk) -> None:
    desk.platform.employs("lihua")
    [line] = await desk.says("转人工")

    assert line == "已经请李顾问来看你的消息。接下来由真人回复你，小助手先不插话。"
    assert "已转接" not in line
    assert desk.platform.state_of(WM) == (3, "lihua")
    assert await desk.state() == ("human", "lihua", "")
    assert desk.platform.refused == []
    assert await desk.house.ask("SELECT who, what FROM audit ORDER BY id") == [
        ("member", "cases.opened"),
        ("bot", "cases.assigned"),
        ("bot", "handoff.human"),
        ("lihua", "cases.accepted"),
    ]


async def test_the_request_is_as_the_page_shows(desk: Desk) -> None:
    desk.platform.employs("lihua")
    await desk.says("转人工")

    [body] = desk.platform.called("kf/service_state/trans")
    assert body == {
        "open_kfid": WK,
        "external_userid": WM,
        "service_state": 3,
        "servicer_userid": "lihua",
    }


async def test_while_a_human_has_it_the_bot_only_writes_down(desk: Desk) -> None:
    desk.platform.employs("lihua")
    await desk.says("转人工")

    assert await desk.says("打卡") == []
    assert await desk.says("还在吗") == []
    rows = await desk.house.ask("SELECT payload FROM inbox WHERE kind = 'text' ORDER BY id")
    assert ["打卡" in str(row) for row in rows] == [False, True, False]
    assert await desk.house.ask("SELECT count(*) FROM checkins") == [(1,)], "it counts, unanswered"
    assert desk.platform.refused == []


async def test_while_she_waits_in_the_pool_the_bot_only_writes_down(desk: Desk) -> None:
    await desk.says("转人工")
    assert desk.platform.state_of(WM) == (2, "")

    assert await desk.says("打卡") == []
    assert await desk.house.ask("SELECT count(*) FROM checkins") == [(1,)], "it counts, unanswered"
    assert desk.platform.refused == []


async def test_data_rights_are_heard_and_operators_answer_them(desk: Desk) -> None:
    desk.platform.employs("lihua")
    await desk.says("转人工")
    before = len(await desk.notices())

    assert await desk.says("我的数据") == []
    rows = await desk.house.ask("SELECT status, error_code FROM outbox ORDER BY id DESC LIMIT 1")
    assert rows == [("parked", 95018)]
    assert len(await desk.notices()) == before + 1
    await desk.waits(seconds=60)
    [told] = (await desk.notices())[before + 1 :]
    assert "问了自己的个人数据" in told
    assert "李顾问" in told
    shown = await desk.page()
    assert "问过自己的数据，还没回答" in shown

    await desk.waits(hours=23)
    await desk.waits(hours=1)
    assert len(await desk.notices()) == before + 3, "once a day, as long as the human goes on"


async def test_at_the_end_she_is_told_to_ask_about_her_data_again(desk: Desk) -> None:
    desk.platform.employs("lihua")
    await desk.says("转人工")
    await desk.says("我的数据")
    before = len(desk.platform.to(WM))
    desk.platform.ends(WM)
    await desk.settle()

    [line] = [one.words for one in desk.platform.to(WM)[before:]]
    assert "真人接待时小助手没法回答" in line
    assert await desk.house.ask("SELECT count(*) FROM outbox WHERE status = 'parked'") == [(0,)]
    assert "问过自己的数据" not in await desk.page()
    lines = await desk.says("我的数据")
    assert len(lines) == 1
    assert "记着" in lines[0]


async def test_when_the_end_allows_no_line_her_next_message_brings_it(desk: Desk) -> None:
    desk.platform.employs("lihua")
    desk.platform.loses_events = True
    await desk.says("转人工")
    await desk.says("我的数据")
    await desk.waits(minutes=6)
    desk.platform.ends(WM)
    await desk.waits(minutes=16)
    assert (await desk.state())[0] == "nobody"
    lines = await desk.says("打卡")

    assert [line for line in lines if "小助手那时没法回答" in line]
    assert not [line for line in await desk.says("打卡") if "小助手那时" in line], "once"


async def test_an_advisor_before_others_then_whoever_has_least_to_do(desk: Desk) -> None:
    for human in ("anna", "bella", "lihua"):
        desk.platform.employs(human)
    await desk.says("转人工", "wm1")
    desk.platform.goes("lihua", STOPPED)
    for who in ("wm2", "wm3"):
        await desk.says("转人工", who)

    given = [desk.platform.state_of(who)[1] for who in ("wm1", "wm2", "wm3")]
    assert given == ["lihua", "anna", "bella"]


async def test_nobody_on_duty_means_the_pool_and_a_true_word(desk: Desk) -> None:
    desk.platform.employs("lihua", status=STOPPED)
    lines = await desk.says("转人工")

    assert desk.platform.state_of(WM) == (2, "")
    assert await desk.state() == ("queue", "", "")
    assert "没有顾问在线" in lines[1]
    assert desk.platform.refused == []


async def test_who_stops_at_the_last_moment_is_passed_over(desk: Desk) -> None:
    desk.platform.employs("lihua")
    desk.platform.employs("anna")
    desk.platform.faults["kf/service_state/trans"].append(Fault(errcode=95019))
    await desk.says("转人工")

    assert desk.platform.state_of(WM) == (3, "anna")


@pytest.mark.parametrize("code", [95014, 95017, 60030])
async def test_when_no_human_can_take_it_it_waits_in_the_pool(desk: Desk, code: int) -> None:
    desk.platform.employs("lihua")
    desk.platform.faults["kf/service_state/trans"].append(Fault(errcode=code))
    lines = await desk.says("转人工")

    assert desk.platform.state_of(WM) == (2, "")
    assert "都在忙" in lines[1]


@pytest.mark.parametrize("code", [95013, 95016, 95018])
async def test_a_state_that_was_not_as_it_seemed_is_read_again(desk: Desk, code: int) -> None:
    desk.platform.employs("lihua")
    desk.platform.faults["kf/service_state/trans"].extend([Fault(errcode=code)] * 2)
    await desk.says("转人工")
    assert await desk.state() == ("asked", "", "human")
    assert "没让转过去" in (await desk.notices())[-1]

    await desk.waits(seconds=61)
    assert await desk.state() == ("asked", "", "human")
    await desk.waits(seconds=61)
    assert await desk.state() == ("human", "lihua", "")
    assert len([text for text in await desk.notices() if "没让转过去" in text]) == 1


async def test_a_human_who_took_it_by_herself_keeps_it(desk: Desk) -> None:
    desk.platform.employs("lihua")
    desk.platform.employs("anna")
    desk.platform.faults["kf/service_state/trans"].append(Fault(errcode=-1))
    await desk.says("转人工")
    desk.platform.reopens(WM, "anna")
    await desk.waits(seconds=10)

    assert await desk.state() == ("human", "anna", "")
    assert desk.platform.state_of(WM) == (3, "anna")


@pytest.mark.parametrize(("state", "known"), [(2, "queue"), (4, "nobody")])
async def test_what_is_not_the_bots_is_not_given_away(desk: Desk, state: int, known: str) -> None:
    desk.platform.employs("lihua")
    desk.platform.faults["kf/service_state/trans"].append(Fault(errcode=-1))
    await desk.says("转人工")
    desk.platform.sessions[WK, WM].state = state
    before = len(desk.platform.called("kf/service_state/trans"))
    await desk.waits(seconds=61)

    assert (await desk.state())[0] == known
    assert len(desk.platform.called("kf/service_state/trans")) == before


async def test_a_session_that_ended_meanwhile_is_given_over_with_her_next_message(
    desk: Desk,
) -> None:
    desk.platform.employs("lihua")
    desk.platform.faults["kf/service_state/trans"].append(Fault(errcode=-1))
    await desk.says("转人工")
    desk.platform.sessions[WK, WM].state = 4
    await desk.waits(seconds=61)
    assert await desk.state() == ("nobody", "", "human")

    assert await desk.says("有人吗？？") != []
    assert await desk.state() == ("human", "lihua", "")


async def test_out_of_the_pool_she_is_told_who_answers(desk: Desk) -> None:
    await desk.says("转人工")
    desk.platform.employs("lihua")
    desk.platform.picks(WM, "lihua")
    await desk.settle()

    assert desk.platform.to(WM)[-1].words == "李顾问来了，接下来由真人回复你。"
    assert await desk.state() == ("human", "lihua", "")


async def test_who_talks_with_a_human_waits_for_none(desk: Desk) -> None:
    await desk.says("转人工")
    case = "SELECT state, advisor FROM cases"
    assert await desk.house.ask(case) == [("assigned", "lihua")]
    desk.platform.picks(WM, "lihua")
    await desk.settle()

    assert await desk.house.ask(case) == [("accepted", "lihua")]


async def test_passed_on_to_another_human(desk: Desk) -> None:
    desk.platform.employs("lihua")
    await desk.says("转人工")
    desk.platform.passes(WM, "wangfang")
    await desk.settle()

    assert await desk.state() == ("human", "wangfang", "")


async def test_when_the_human_ends_the_bot_says_so_and_answers_again(desk: Desk) -> None:
    desk.platform.employs("lihua")
    await desk.says("转人工")
    desk.platform.ends(WM)
    await desk.settle()

    assert "人工接待结束了" in desk.platform.to(WM)[-1].words
    [(key,)] = await desk.house.ask("SELECT key FROM outbox WHERE why = 'handoff'")
    assert "code-" not in str(key)  # a key is logged
    assert "已连续 1 天" in (await desk.says("打卡"))[0]
    assert (await desk.state())[0] == "bot"
    assert desk.platform.refused == []


async def test_an_end_found_too_late_has_no_closing_line(desk: Desk) -> None:
    desk.platform.employs("lihua")
    await desk.says("转人工")
    desk.platform.ends(WM)
    desk.clock.tick(seconds=30)
    await desk.settle()

    assert len(desk.platform.called("kf/send_msg_on_event")) == 0
    assert (await desk.state())[0] == "nobody"


async def test_a_human_who_writes_after_the_end_silences_the_bot_again(desk: Desk) -> None:
    await desk.says("你好")
    desk.platform.ends(WM)
    desk.platform.reopens(WM, "lihua")
    await desk.settle()

    assert await desk.says("打卡") == []


async def test_an_older_event_changes_nothing(desk: Desk) -> None:
    await desk.says("你好")
    desk.platform.reopens(WM, "lihua")
    late = desk.platform.books[WK].pop()
    desk.clock.tick(seconds=5)
    desk.platform.ends(WM)
    await desk.settle()
    desk.platform.adds(late)
    await desk.settle()

    assert (await desk.state())[0] == "nobody"


async def test_a_lost_end_is_found_by_asking(desk: Desk) -> None:
    desk.platform.employs("lihua")
    await desk.says("转人工")
    desk.platform.loses_events = True
    desk.platform.ends(WM)
    await desk.waits(minutes=16)

    assert (await desk.state())[0] == "nobody"


async def test_a_human_of_whom_nothing_was_told_is_found_by_the_refusal(desk: Desk) -> None:
    await desk.says("你好")
    desk.platform.loses_events = True
    desk.platform.reopens(WM, "lihua")
    assert await desk.says("在吗") == []
    await desk.waits(minutes=6)

    assert await desk.state() == ("human", "lihua", "")


async def test_a_servicer_who_comes_on_duty_is_known_at_once(desk: Desk) -> None:
    desk.platform.employs("lihua", status=STOPPED)
    await desk.says("你好")
    desk.platform.goes("lihua", RECEIVING)
    await desk.settle()
    assert await desk.house.ask("SELECT duty FROM handoff_servicers") == [("on",)]

    desk.platform.goes("lihua", STOPPED, away=True)
    await desk.settle()
    assert await desk.house.ask("SELECT duty FROM handoff_servicers") == [("away",)]


async def test_nobody_waits_unseen(desk: Desk) -> None:
    await desk.says("转人工")
    await desk.waits(minutes=5)
    assert not any("还没人接" in text for text in await desk.notices())
    await desk.waits(minutes=6)
    await desk.waits(minutes=1)
    assert len([text for text in await desk.notices() if "还没人接" in text]) == 1
    await desk.waits(minutes=10)
    assert len([text for text in await desk.notices() if "还没人接" in text]) == 2


async def test_who_is_it_is_answered_truly(desk: Desk) -> None:
    assert await desk.says("谁在处理") == ["现在是小助手在看你的消息。想找真人，发“转人工”。"]


async def test_a_lost_answer_moves_nothing_twice(desk: Desk) -> None:
    desk.platform.employs("lihua")
    desk.platform.employs("anna")
    desk.platform.faults["kf/service_state/trans"].append(Fault(drop=True, taken=True))
    await desk.says("转人工")
    await desk.waits(seconds=10)

    assert desk.platform.state_of(WM) == (3, "lihua")
    assert await desk.state() == ("human", "lihua", "")
    assert len(desk.platform.called("kf/service_state/trans")) == 1


async def test_a_death_after_the_move_moves_nothing_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.platform.employs("lihua")
    desk.platform.employs("anna")

    def dies(name: str) -> None:
        if name == "handoff.moved":
            raise RuntimeError("died")

    with monkeypatch.context() as patch:
        patch.setattr(crash, "step", dies)
        await desk.says("转人工")
    await desk.waits(seconds=61)

    assert len(desk.platform.called("kf/service_state/trans")) == 1
    assert await desk.state() == ("human", "lihua", "")


async def test_two_replicas_or_two_runs_at_once_give_it_over_once(desk: Desk) -> None:
    desk.platform.employs("lihua")
    desk.platform.employs("anna")
    await desk.says("转人工")
    await desk.says("转人工")

    assert desk.platform.state_of(WM) == (3, "lihua")
    assert len(desk.platform.called("kf/service_state/trans")) == 1


async def test_the_honest_line_leaves_before_the_conversation_does(desk: Desk) -> None:
    desk.platform.employs("lihua")
    desk.platform.faults["kf/send_msg"].append(Fault(errcode=-1))
    assert await desk.says("转人工") == []
    assert desk.platform.called("kf/service_state/trans") == []

    await desk.waits(seconds=6)
    assert [one.kind for one in desk.platform.to(WM)] == ["text"]
    assert desk.platform.state_of(WM) == (3, "lihua")


async def test_a_line_that_can_not_leave_does_not_hold_her_up(desk: Desk) -> None:
    desk.platform.employs("lihua")
    desk.platform.faults["kf/send_msg"].extend([Fault(errcode=-1)] * 9)
    await desk.says("转人工")
    await desk.waits(seconds=31)
    await desk.waits(seconds=31)

    assert desk.platform.state_of(WM) == (3, "lihua")


async def test_asking_again_keeps_her_place_in_the_queue(desk: Desk) -> None:
    await desk.says("转人工")
    since = await desk.house.ask("SELECT since FROM handoff_sessions")
    desk.clock.tick(minutes=2)
    await desk.says("转人工")

    assert await desk.house.ask("SELECT since FROM handoff_sessions") == since
    assert await desk.state() == ("queue", "", "")


async def test_a_welcome_code_proves_that_no_session_is_left(desk: Desk) -> None:
    desk.platform.employs("lihua")
    await desk.says("转人工")
    desk.platform.loses_events = True
    desk.platform.ends(WM)
    desk.platform.enters(WM)
    await desk.settle()

    assert (await desk.state())[0] == "nobody"
    assert len(desk.platform.called("kf/send_msg_on_event")) == 1


async def test_a_death_while_the_honest_line_is_on_its_way_forgets_nobody(desk: Desk) -> None:
    desk.platform.employs("lihua")
    desk.platform.faults["kf/service_state/get"].append(Fault(errcode=45009))
    await desk.says("转人工")
    assert await desk.state() == ("asked", "", "human")

    await desk.waits(seconds=61)
    assert await desk.state() == ("human", "lihua", "")


async def test_two_who_move_at_once_agree(desk: Desk) -> None:
    desk.platform.employs("lihua")
    desk.platform.employs("anna")
    desk.platform.faults["kf/service_state/get"].append(Fault(errcode=45009))
    await desk.says("转人工")
    desk.clock.tick(seconds=31)
    desk.platform.faults["kf/service_state/trans"].extend([Fault(delay_s=0.2)] * 2)
    work, tools = desk.house.house.writer, desk.house.tools
    await asyncio.gather(move(work, tools), move(work, tools))

    assert len(desk.platform.called("kf/service_state/trans")) == 2
    assert [wrong.code for wrong in desk.platform.refused] == [95016]
    assert desk.platform.state_of(WM) == (3, "lihua")
    assert await desk.state() == ("human", "lihua", "")


async def test_who_is_forgotten_while_she_is_given_over_stays_forgotten(desk: Desk) -> None:
    desk.platform.employs("lihua")
    desk.platform.faults["kf/service_state/get"].append(Fault(errcode=45009))
    await desk.says("转人工")
    desk.clock.tick(seconds=31)
    desk.platform.faults["kf/service_state/trans"].append(Fault(delay_s=0.3))
    work, tools = desk.house.house.writer, desk.house.tools
    before = len(desk.platform.called("kf/servicer/list"))
    moving = asyncio.create_task(move(work, tools))
    await until(lambda: len(desk.platform.called("kf/servicer/list")) > before)

    def forget(uow: UnitOfWork) -> None:
        member = members.resolve(uow, KEFU, WM, desk.clock.now())
        shared = (*cases.personal, *reception.personal, *audit.personal, *members.personal)
        registry = (*pipeline_personal, *shared)
        PersonalRegistry((*registry, *(d for room in ROOMS for d in room.personal))).erase(
            uow, member
        )

    await work.do(forget)
    await moving
    desk.platform.ends(WM)
    await desk.settle()

    assert await desk.house.ask("SELECT count(*) FROM handoff_sessions") == [(0,)]
    assert await desk.house.ask("SELECT count(*) FROM members") == [(0,)]
    assert WM not in str(await desk.house.ask("SELECT * FROM outbox"))


async def test_the_platform_is_not_asked_for_what_it_has_just_told(desk: Desk) -> None:
    desk.platform.employs("lihua")
    await desk.says("转人工")
    asked = len(desk.platform.called("kf/service_state/get"))
    await desk.waits(minutes=6)
    assert len(desk.platform.called("kf/service_state/get")) == asked

    await desk.waits(minutes=6)
    assert len(desk.platform.called("kf/service_state/get")) == asked + 1


async def test_who_has_to_write_first_is_not_asked_about_again_and_again(desk: Desk) -> None:
    desk.platform.faults["kf/service_state/trans"].append(Fault(errcode=-1))
    await desk.says("转人工")
    desk.platform.sessions[WK, WM].state = 4
    await desk.waits(seconds=61)
    asked = len(desk.platform.called("kf/service_state/get"))
    await desk.waits(minutes=5)

    assert await desk.state() == ("nobody", "", "human")
    assert len(desk.platform.called("kf/service_state/get")) == asked

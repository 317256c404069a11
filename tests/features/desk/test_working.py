"""An advisor works a case from the desk, from taking it to ending it."""

import asyncio
from datetime import timedelta

import pytest

from bot.commons import cases, reception, staff
from bot.commons.cases import State
from bot.kernel.community import Advisors
from bot.kernel.errors import Undeliverable
from bot.kernel.messages import Outgoing, Text
from bot.kernel.work import UnitOfWork
from tests.features.desk.conftest import COMPLAINT
from tests.kit.bureau import AtDesk, Bureau
from tests.kit.house import PHONE

REPLY = "阿美您好，扣子我们给您补，今天就寄。"


async def test_she_takes_answers_and_ends_it(complaint: Bureau, lisi: AtDesk) -> None:
    assert "接下了" in await lisi.does("accept")
    assert (await complaint.case()).state is State.ACCEPTED
    assert "已经交给平台去发" in await lisi.does("reply", words=REPLY)
    await complaint.settle()

    assert complaint.phone.texts("amei")[-1] == REPLY
    assert (await complaint.case()).state is State.WAITING
    assert "了结了" in await lisi.does("finish", code="solved", how="resolve", words="补了扣子")
    await complaint.settle()
    assert "小助手回来了" in complaint.phone.texts("amei")[-1]
    assert (await complaint.case()).code == "solved"
    assert ("lisi", "resolved", "solved 补了扣子") in await complaint.steps()


async def test_a_reply_alone_takes_the_case(complaint: Bureau, lisi: AtDesk) -> None:
    await lisi.does("reply", words=REPLY)

    case = await complaint.case()
    assert (case.advisor, case.state) == ("lisi", State.WAITING)
    assert case.accepted_at is not None


async def test_the_same_form_sent_twice_answers_once(complaint: Bureau, lisi: AtDesk) -> None:
    page = await lisi.form()
    said = [await lisi.does("reply", page=page, words=REPLY) for _ in range(2)]
    await complaint.settle()

    assert said[0] == said[1]
    assert complaint.phone.texts("amei").count(REPLY) == 1
    assert [what for _, what, _ in await complaint.steps()].count("answered") == 1


async def test_many_taps_at_once_answer_once(complaint: Bureau, lisi: AtDesk) -> None:
    page = await lisi.form()
    await asyncio.gather(*(lisi.does("reply", page=page, words=REPLY) for _ in range(12)))
    await complaint.settle()

    assert complaint.phone.texts("amei").count(REPLY) == 1


async def test_the_same_words_are_sent_again_from_a_new_page(
    complaint: Bureau, lisi: AtDesk
) -> None:
    for _ in range(2):
        await lisi.does("reply", words="在的")
    await complaint.settle()

    assert complaint.phone.texts("amei").count("在的") == 2


async def test_a_refusal_keeps_what_was_typed(lisi: AtDesk) -> None:
    form = await lisi.form() | {"words": "长" * 2001}
    status, text = await lisi.browser.submit("/desk/cases/1/reply", form)

    assert status == 422
    assert "最多 2000 个字" in text
    assert "长" * 2001 in text


async def test_what_was_refused_can_be_sent_from_the_same_page(
    complaint: Bureau, lisi: AtDesk
) -> None:
    page = await lisi.form()
    assert (await lisi.does("reply", page=page, words="")).startswith("✗ 还没写内容")
    await lisi.does("reply", page=page, words=REPLY)
    await complaint.settle()

    assert complaint.phone.texts("amei")[-1] == REPLY


async def test_what_did_not_leave_says_why_and_is_sent_again(
    complaint: Bureau, lisi: AtDesk
) -> None:
    complaint.phone.script.append(Undeliverable("user refuse to accept the msg"))
    await lisi.does("reply", words=REPLY)
    await complaint.settle()
    text = await lisi.sees("/desk/cases/1")

    assert "没发出去" in text
    assert "user refuse to accept the msg" in text
    message = text.rpartition('name="message" value="out:')[2].partition('"')[0]
    assert "已经排上" in await lisi.does("retry", message=f"out:{message}")
    await complaint.settle()
    assert complaint.phone.texts("amei")[-1] == REPLY


async def test_what_the_bot_did_not_say_can_be_said_instead(
    complaint: Bureau, lisi: AtDesk
) -> None:
    await _bot_wants_to_say(complaint, "你的订单已经发货")
    text = await lisi.sees("/desk/cases/1")

    assert "未发出" in text
    message = text.partition('<button class="small">代发')[0].rpartition('value="out:')[2]
    number = message.partition('"')[0]
    await lisi.does("instead", message=f"out:{number}")
    assert (await lisi.does("instead", message=f"out:{number}")).startswith("✗ 这一条已经不在了")
    await complaint.settle()
    assert "代发了" in await lisi.sees("/desk/cases/1")
    assert complaint.phone.texts("amei").count("你的订单已经发货") == 1
    assert complaint.phone.texts("amei")[-1] == "你的订单已经发货"


async def _bot_wants_to_say(bureau: Bureau, words: str) -> None:
    await bureau.house.house.writer.do(
        lambda uow: uow.send(Outgoing(PHONE, "amei", Text(words), key=f"bot:{words}"))
    )
    await bureau.settle()
    assert words not in bureau.phone.texts("amei")


async def test_she_gives_it_to_another_with_a_reason(complaint: Bureau, lisi: AtDesk) -> None:
    assert (await lisi.does("transfer", to="wangwu", why="")).startswith("✗ 还没写原因")
    assert "已经转给王顾问" in await lisi.does("transfer", to="wangwu", why="她在上海店")

    assert (await complaint.case()).advisor == "wangwu"
    assert ("lisi", "noted", "她在上海店") in await complaint.steps()
    assert (await lisi.does("note", note="还能看吗")).startswith("✗ 这件事在王顾问手上")


async def test_who_is_called_otherwise_now_gets_it_under_her_new_name(
    complaint: Bureau, lisi: AtDesk
) -> None:
    now, advisors = complaint.house.clock.now(), complaint.house.tools.use(Advisors)
    await complaint.house.house.writer.do(
        lambda uow: staff.renamed(uow, advisors, "wangwu", "wangxiaowu", now)
    )
    await lisi.does("transfer", to="wangwu", why="她在上海店")

    assert (await complaint.case()).advisor == "wangxiaowu"


async def test_put_back_anybody_takes_it(complaint: Bureau, lisi: AtDesk) -> None:
    await lisi.does("transfer", to="", why="我要下班了")
    assert (await complaint.case()).state is State.NEW
    async with complaint.at("wangwu") as wangwu:
        assert "没人接" in await wangwu.sees()
        assert "接下了" in await wangwu.does("accept")

    assert (await complaint.case()).advisor == "wangwu"


async def test_put_off_it_comes_back_in_time_or_with_her_word(
    complaint: Bureau, lisi: AtDesk
) -> None:
    await lisi.does("snooze", minutes="60")
    assert "asleep" in await lisi.sees()
    complaint.house.clock.tick(seconds=30)
    await complaint.says("还在吗")
    assert "asleep" not in await lisi.sees()
    await lisi.does("snooze", minutes="60")
    complaint.house.clock.tick(minutes=61)
    assert "asleep" not in await lisi.sees()


async def test_a_promise_is_kept_in_mind(lisi: AtDesk) -> None:
    refused = await lisi.does("promise", what="寄扣子", due="2026-08-24T09:00")
    assert refused.startswith("✗ 时间要在现在之后")
    assert "最晚明天 10:00" in await lisi.does("promise", what="寄扣子", due="2026-08-25T10:00")
    assert "最晚 <time" in await lisi.sees()
    text = await lisi.sees("/desk/cases/1")
    promise = text.partition('name="promise" value="')[2].partition('"')[0]
    assert "没做到" in await lisi.does("settle", promise=promise, kept="0")


async def test_a_note_is_for_colleagues_only(complaint: Bureau, lisi: AtDesk) -> None:
    before = len(complaint.phone.sent)
    await lisi.does("note", note="她是老客，语气软一点")
    await complaint.settle()

    assert "她是老客，语气软一点" in await lisi.sees("/desk/cases/1")
    assert len(complaint.phone.sent) == before


async def test_what_has_ended_is_opened_again(complaint: Bureau, lisi: AtDesk) -> None:
    await lisi.does("finish", code="answered", how="close")
    assert (await complaint.case()).state is State.CLOSED
    assert (await lisi.does("reply", words="还有")).startswith("✗ 这件事已经结束")
    assert "重开了" in await lisi.does("reopen", why="又收到她的电话")

    case = await complaint.case()
    assert (case.state, case.advisor) == (State.ACCEPTED, "lisi")
    owned = await complaint.house.house.writer.look(
        lambda uow: reception.owner_of(uow, case.member)
    )
    assert owned is not None
    assert owned.advisor == "lisi"


async def test_what_ended_long_ago_is_opened_anew(complaint: Bureau, lisi: AtDesk) -> None:
    await lisi.does("finish", code="answered", how="close")
    complaint.house.clock.tick(days=8)
    async with complaint.at("lisi") as again:
        assert "已经新开一件" in await again.does("reopen", why="又收到她的电话")

    assert (await complaint.case(2)).advisor == "lisi"


@pytest.mark.parametrize("verdict", ["true", "false"])
async def test_her_word_on_the_alarm_is_kept(complaint: Bureau, lisi: AtDesk, verdict: str) -> None:
    await lisi.does("judge", verdict=verdict)

    assert f"found_{verdict}" in [what for _, what, _ in await complaint.steps()]
    assert 'aria-pressed="true"' in await lisi.sees("/desk/cases/1")


async def test_a_message_that_should_have_rung_is_marked(bureau: Bureau) -> None:
    await bureau.says("好的，周三见")
    await bureau.says(COMPLAINT)
    async with bureau.at("lisi") as lisi:
        text = await lisi.sees("/desk/cases/1")
        message = text.partition("漏报：这条该找人")[0].rpartition('name="message" value="')[2]
        missed = {"verdict": "missed", "message": message.partition('"')[0]}
        assert "漏报" in await lisi.does("judge", missed)

    assert ("lisi", "found_late", "好的，周三见") in await bureau.steps()


async def test_what_was_said_in_one_second_stands_in_its_order(bureau: Bureau) -> None:
    for words in ("第一句", "第二句", COMPLAINT):
        await bureau.says(words)
    async with bureau.at("lisi") as lisi:
        text = (await lisi.sees("/desk/cases/1")).partition('class="said"')[2]

    places = [text.index(words) for words in ("第一句", "第二句", COMPLAINT)]
    assert places == sorted(places)


async def test_canned_answers_are_filled_in(complaint: Bureau, lisi: AtDesk) -> None:
    complaint.writes(
        "replies/hello.md",
        '+++\ntitle = "接手"\nkeys = ["js"]\n+++\n{{称呼}}，我是{{店名}}的{{顾问}}。\n',
    )
    text = await lisi.sees("/desk/cases/1")

    assert 'data-words="您，我是拾光衣橱的李顾问。"' in text


async def test_what_a_card_put_off_stands_in_the_history_and_ends_when_another_is_asked(
    complaint: Bureau, lisi: AtDesk
) -> None:
    complaint.house.clock.tick(seconds=5)

    def later(uow: UnitOfWork) -> None:
        case, until = cases.get(uow, 1), uow.clock.now() + timedelta(minutes=10)
        assert case is not None
        cases.step(uow, case, "lisi", cases.Did.SNOOZED, f"{until.isoformat()} 1/2")

    await complaint.house.house.writer.do(later)
    page = await lisi.sees("/desk/cases/1")
    assert "李顾问 放一放，到 " in page
    assert "（卡片上的稍后）" in page
    assert '<span class="tag">放到 ' in page
    complaint.house.clock.tick(seconds=5)
    await lisi.does("transfer", to="wangwu", why="我在忙")

    assert '<span class="tag">放到 ' not in await lisi.sees("/desk/cases/1")

"""Tasks: made by hand and by rules, done, put off, given on; who wants no calls gets none."""

import asyncio
from datetime import timedelta

import pytest

from bot.commons import cases, outreach
from bot.commons.cases import Ending
from bot.commons.outreach import Hushed
from bot.features import followups
from bot.kernel.events import OrderPaid, TaskWanted
from bot.kernel.work import UnitOfWork
from tests.kit.amends import form, press
from tests.kit.bureau import AtDesk, Bureau

CASE, ALL = "/desk/followup/1", "/desk/followups"
CALL = {"kind": "call", "what": "问问扣子修好没有", "due": "2026-08-25T10:00", "to": "lisi"}
[RING] = followups.feature.jobs


async def rows(bureau: Bureau, columns: str = "kind, why, advisor, state") -> list[object]:
    return list(await bureau.house.ask(f"SELECT {columns} FROM followups ORDER BY id"))


async def rings(bureau: Bureau) -> None:
    await bureau.house.house.writer.do(lambda uow: RING.run(uow, bureau.house.tools))
    await bureau.settle()


async def ends(bureau: Bureau, code: Ending) -> None:
    await bureau.house.house.writer.do(lambda uow: cases.resolve(uow, 1, who="lisi", code=code))
    await bureau.settle()


async def test_an_advisor_makes_a_task_and_ends_it_with_a_note(
    bureau: Bureau, lisi: AtDesk
) -> None:
    page = await form(lisi, CASE)
    said = await asyncio.gather(page.send("make", **CALL), page.send("make", **CALL))
    assert "08-25 10:00 前打电话" in said[0]
    assert len(await rows(bureau)) == 1
    assert "✗ 还没写结果" in await press(lisi, ALL, "done", task="1", note=" ")
    await press(lisi, ALL, "done", task="1", note="修好了，满意")

    assert await rows(bureau, "state, note") == [("done", "修好了，满意")]
    assert "修好了，满意" in await lisi.sees(ALL)
    assert "已经结束" in await press(lisi, ALL, "done", task="1", note="再来")


async def test_a_task_is_put_off_three_times_and_no_more(lisi: AtDesk) -> None:
    await press(lisi, CASE, "make", **CALL)
    said = [
        await press(lisi, ALL, "postpone", task="1", due=f"2026-08-{day}T10:00", why="她在开会")
        for day in (26, 27, 28, 29)
    ]

    assert [words[:2] for words in said] == ["推到", "推到", "推到", "✗ "]
    assert "还没写原因" in await press(lisi, ALL, "postpone", task="1", due="2026-08-30T10:00")


async def test_what_is_due_in_the_night_is_due_in_the_morning(lisi: AtDesk) -> None:
    assert "08-26 09:00" in await press(lisi, CASE, "make", **CALL | {"due": "2026-08-25T23:00"})


async def test_a_task_is_given_on_and_is_not_hers_any_more(bureau: Bureau, lisi: AtDesk) -> None:
    await press(lisi, CASE, "make", **CALL)
    assert "没有这位顾问" in await press(lisi, ALL, "reassign", task="1", to="nobody")
    assert "王顾问" in await press(lisi, ALL, "reassign", task="1", to="wangwu")

    assert "别人的任务" in await press(lisi, ALL, "done", task="1", note="好了")
    async with bureau.at("lin") as lin, bureau.at("chen") as chen:
        assert "只能看" in await press(lin, ALL, "done", task="1", note="好了")
        assert "做完了" in await press(chen, ALL, "done", task="1", note="好了")


@pytest.mark.parametrize(
    ("act", "field", "more"),
    [("done", "note", {}), ("drop", "why", {}), ("postpone", "why", {"due": "2026-08-27T11:00"})],
)
async def test_what_is_too_long_is_refused_and_stays(
    lisi: AtDesk, act: str, field: str, more: dict[str, str]
) -> None:
    await press(lisi, CASE, "make", **CALL)
    status, page = await (await form(lisi, ALL)).submit(
        act, task="1", **{field: "长" * 401}, **more
    )

    assert status == 422
    assert "你写的还在" in page
    assert "长" * 401 in page
    assert all(f'value="{each}"' in page for each in more.values())


async def test_wrong_forms_change_nothing(bureau: Bureau, lisi: AtDesk) -> None:
    wrong = [
        {"kind": "fax"},
        {"what": " "},
        {"what": "长" * 401},
        {"due": "2020-01-01T10:00"},
        {"due": "soon"},
        {"to": "nobody"},
    ]
    said = [await press(lisi, CASE, "make", **CALL | fields) for fields in wrong]
    said.append(await press(lisi, ALL, "make", **CALL, member="99"))

    assert [words[0] for words in said] == ["✗"] * 7
    assert await rows(bureau) == []


async def test_what_is_overdue_climbs_the_ladder_once_for_each_rung(
    bureau: Bureau, lisi: AtDesk
) -> None:
    await press(lisi, CASE, "make", **CALL | {"due": "2026-08-24T20:30"})
    told = []
    bureau.house.clock.tick(hours=8, minutes=31)
    for _ in range(20):
        await rings(bureau)
        await rings(bureau)
        counts = {who: len(bureau.phone.texts(who)) for who in ("lisi", "wangwu", "zhao")}
        notices = await bureau.house.ask("SELECT COUNT(*) FROM notices WHERE key LIKE 'follow%'")
        told.append((*counts.values(), notices[0][0]))
        bureau.house.clock.tick(hours=1)

    assert told[0] == (1, 0, 0, 0)
    assert told[11] == (1, 0, 0, 0), "nobody is told in the night"
    assert told[-1] == (1, 1, 1, 1)


async def test_rules_want_tasks(bureau: Bureau) -> None:
    await ends(bureau, Ending.COMPENSATED)
    her, now = await bureau.member(), bureau.house.clock.now()

    def low(uow: UnitOfWork) -> None:
        for _ in range(2):
            at = now + timedelta(hours=1)
            uow.publish(TaskWanted(her, "low_csat:1", "call", "low_csat", at, 1, "zhao"))
        uow.publish(TaskWanted(her, "low_csat:2", "call", "low_csat", now, case=1))

    await bureau.house.house.writer.do(low)

    assert await rows(bureau) == [
        ("call", "compensated", "lisi", "open"),
        ("call", "low_csat", "zhao", "open"),
        ("call", "low_csat", "", "open"),
    ], "what another room wants is whose it says, also nobody's"


async def test_who_bought_needs_no_asking(bureau: Bureau) -> None:
    her, now = await bureau.member(), bureau.house.clock.now()

    def wanted(uow: UnitOfWork) -> None:
        uow.publish(TaskWanted(her, "not_bought:1", "call", "not_bought", now, case=1))

    await bureau.house.house.writer.do(wanted)
    await bureau.house.house.writer.do(lambda uow: uow.publish(OrderPaid(1, her, now, 5000)))

    assert [row[3] for row in await rows(bureau)] == ["dropped"]  # type: ignore[index]


async def test_who_wants_no_calls_gets_none_anywhere_at_once(bureau: Bureau, lisi: AtDesk) -> None:
    await press(lisi, CASE, "make", **CALL)
    assert "打电话" in (await lisi.sees(ALL)).partition("记一个")[0]
    assert "记住了" in (await bureau.says("不接受电话营销"))[-1]  # while a human has her

    assert "不接受电话，改发消息" in await lisi.sees(ALL)
    assert "不接受电话营销" in await lisi.sees("/desk/cases/1")
    assert '<option value="call"' not in await lisi.sees(CASE)
    assert "改成发消息了" in await press(lisi, CASE, "make", **CALL)
    assert "可以给你打电话" in (await bureau.says("可以打电话"))[-1]
    assert "不接受电话" not in await lisi.sees(ALL)


async def test_a_sentence_is_enough_and_is_answered_when_nobody_has_her(bureau: Bureau) -> None:
    said = await bureau.says("不需要电话回访，谢谢", "lili")
    await bureau.says("不要再打电话给我")  # 阿美, whom a human has
    her = await bureau.member()

    assert "记住了" in said[0]
    assert await bureau.house.house.writer.look(
        lambda uow: outreach.hushes_of(uow, her).keys()
    ) == {Hushed.CALLS}

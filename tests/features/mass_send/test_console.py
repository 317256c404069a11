"""The operators' page: who sleeps, what arrived where, and what can be decided."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.features import mass_send
from bot.features.mass_send.service import Night, Over, TooOften
from bot.kernel.abilities import SendQuota
from bot.kernel.messages import Card, CardUpdate, Tap, Text, UpdateKind
from tests.features.mass_send.conftest import Stage, group, statuses
from tests.kit.house import HouseUnderTest
from tests.kit.platforms import Fault

(PAGE,) = mass_send.feature.pages
MINE = [group(number, "zhangsan") for number in range(3)]
CALL = "externalcontact/add_msg_template"


async def page(house: HouseUnderTest, **query: str) -> str:
    shown = await house.house.writer.look(lambda uow: PAGE.load(uow, house.tools, query))
    return house.words(PAGE.template, **shown, csrf_field="")


async def press(house: HouseUnderTest, action: str, **form: str) -> str:
    act = PAGE.actions[action]
    values: Mapping[str, str] = form or {"task": "1"}
    said = await house.house.writer.do(lambda uow: act(uow, house.tools, values, "xiaoli"))
    await house.house.engine.settle()
    return said


async def deeds(built: HouseUnderTest) -> list[tuple[object, ...]]:
    return await built.ask("SELECT who, what FROM audit ORDER BY id")


async def test_without_customer_groups_the_page_says_why_it_is_empty(tmp_path: Path) -> None:
    async with HouseUnderTest(tmp_path, [mass_send.feature]) as built:
        await built.house.engine.settle()
        shown = await page(built)

    assert "还没有接入客户群" in shown
    assert "平台规定由真人点发送" in shown


async def test_the_page_shows_who_has_not_confirmed_what_since_when(stage: Stage) -> None:
    async with stage.house() as built:
        await stage.made(built, [*MINE, group(4, "lisi")], Text("周六徒步开始报名"))
        stage.platform.confirm(*stage.platform.tasks_of("lisi"))
        await stage.pass_(built, hours=2)
        shown = await page(built)

    sleepers = shown.partition("还没有安排")[0].partition("群发任务")[0]
    assert "zhangsan" in sleepers
    assert "08-24 周一 12:00" in sleepers
    assert "lisi" not in sleepers
    assert "周六徒步开始报名" in shown
    assert "等确认 3" in shown
    assert "已送达 1" in shown
    assert "24 小时内 1/3 次" in shown


async def test_a_task_opens_into_its_groups(stage: Stage) -> None:
    async with stage.house() as built:
        await stage.made(built, MINE)
        stage.platform.confirm(*stage.platform.tasks_of("zhangsan"), only=1)
        await stage.pass_(built, minutes=5)
        shown = await page(built, task="1")

        assert "穿搭 0 群" in shown
        assert "08-24 周一 12:00" in shown.partition("群发任务")[0]
        assert "没有群了" in await page(built, task="99")
        for nonsense in ("-1", "x", "9" * 40, "²"):
            assert "群发任务" in await page(built, task=nonsense, before=nonsense, after=nonsense)


async def test_hostile_words_are_words(stage: Stage) -> None:
    async with stage.house() as built:
        await stage.made(built, [group(0, "<b>boss</b>")], Text("<script>alert(1)</script>\u202e"))
        shown = await page(built)

    assert "<script>" not in shown
    assert "<b>boss" not in shown
    assert "&lt;script&gt;" in shown


async def test_an_operator_reminds_now_and_not_too_often(stage: Stage) -> None:
    async with stage.house() as built:
        await stage.made(built, MINE)
        for _ in range(3):
            assert await press(built, "remind") == "马上提醒群主确认群发 #1。"
        with pytest.raises(TooOften):
            await press(built, "remind")

        assert ("xiaoli", "mass_send.reminded") in await deeds(built)
    assert len(stage.platform.tasks_of("zhangsan")[0].reminded) == 3
    assert stage.platform.refused == []


async def test_nobody_is_reminded_in_quiet_hours(stage: Stage) -> None:
    stage.clock.at = datetime(2026, 8, 24, 15, 0, tzinfo=UTC)
    async with stage.house() as built:
        await stage.made(built, MINE)
        with pytest.raises(Night) as refused:
            await press(built, "remind")

        words = built.words(Night.template, **refused.value.words)
    assert words == "现在是免打扰时间，不提醒。08-25 09:00 以后再点。"


async def test_an_operator_cancels_what_is_with_its_owner(stage: Stage) -> None:
    async with stage.house() as built:
        await stage.made(built, MINE)
        await press(built, "cancel")

        assert await statuses(built) == {"cancelled": 3}
        assert await deeds(built) == [
            ("bot", "mass_send.created"),
            ("xiaoli", "mass_send.cancelled"),
        ]
        assert stage.platform.tasks_of("zhangsan")[0].cancelled
        with pytest.raises(Over):
            await press(built, "cancel")


async def test_an_operator_cancels_what_is_not_made_yet(stage: Stage) -> None:
    stage.platform.faults[CALL].append(Fault(errcode=45009))
    async with stage.house() as built:
        await stage.made(built, MINE)
        assert await statuses(built, "mass_tasks") == {"drafted": 1}
        await press(built, "cancel")
        await stage.pass_(built, minutes=5)

        assert await statuses(built) == {"cancelled": 3}
    assert stage.platform.tasks == {}


@pytest.mark.parametrize("taken", [True, False])
async def test_what_is_cancelled_while_nobody_knows_whether_it_is_there(
    stage: Stage, *, taken: bool
) -> None:
    stage.platform.faults[CALL].append(Fault(status=502, raw=b"<html>", taken=taken))
    async with stage.house() as built:
        await stage.made(built, MINE)
        await press(built, "cancel")
        assert "正在取消" in await page(built)
        with pytest.raises(Over):
            await press(built, "remind")
        for _ in range(10):
            await stage.pass_(built, seconds=61)

        assert await statuses(built) == {"cancelled": 3}
        assert ("xiaoli", "mass_send.cancelled") in await deeds(built)
    assert all(task.cancelled for task in stage.platform.tasks.values())


async def test_what_was_confirmed_can_not_be_cancelled(stage: Stage) -> None:
    async with stage.house() as built:
        await stage.made(built, MINE)
        stage.platform.confirm(*stage.platform.tasks_of("zhangsan"), only=1)
        await press(built, "cancel")  # it was confirmed a moment ago

        assert await statuses(built) == {"delivered": 1, "confirmed": 2}
        assert "正在取消" not in await page(built)
    assert not stage.platform.tasks_of("zhangsan")[0].cancelled


async def unclear(stage: Stage, built: HouseUnderTest) -> str:
    """Bring it about that two could be ours; return the right one."""
    stage.platform.faults[CALL].append(Fault(drop=True, taken=True))
    await stage.made(built, MINE)
    (right,) = stage.platform.tasks_of("zhangsan")
    stage.platform.makes_herself("zhangsan", ["wr000009"], "早安")
    for _ in range(10):
        await stage.pass_(built, seconds=61)
    return right.msgid


async def test_an_operator_says_which_one_is_ours(stage: Stage) -> None:
    async with stage.house() as built:
        right = await unclear(stage, built)
        assert f"就是 {right}" in await page(built)
        with pytest.raises(Over):
            await press(built, "adopt", task="1", msgid="another")
        await press(built, "adopt", task="1", msgid=right)
        with pytest.raises(Over):
            await press(built, "adopt", task="1", msgid=right)

        assert await built.ask("SELECT status, msgid FROM mass_tasks") == [("created", right)]
        assert await deeds(built) == [("xiaoli", "mass_send.created")]
        stage.platform.confirm(stage.platform.tasks[right])
        await stage.pass_(built, minutes=5)
        assert await statuses(built) == {"delivered": 3}


async def test_an_operator_says_that_none_is_ours(stage: Stage) -> None:
    async with stage.house() as built:
        await unclear(stage, built)
        await press(built, "make-again")

        assert await statuses(built) == {"created": 3}
        assert ("xiaoli", "mass_send.made_again") in await deeds(built)
    assert len(stage.platform.called("add_msg_template")) == 2


async def test_what_did_not_arrive_is_drafted_again(stage: Stage) -> None:
    stage.platform.dead_chats = {"wr000001"}
    async with stage.house() as built:
        await stage.made(built, MINE)
        stage.platform.confirm(*stage.platform.tasks_of("zhangsan"))
        await stage.pass_(built, minutes=5)
        stage.platform.dead_chats = set()
        said = await press(built, "retry")
        await stage.pass_(built, seconds=16)

        assert said == "1 个没送达的放回待发，很快会重新安排。"
        assert await statuses(built) == {"delivered": 2, "created": 1}
        assert ("xiaoli", "mass_send.drafted_again") in await deeds(built)
        with pytest.raises(Over):
            await press(built, "retry")
    assert [task.body["chat_id_list"] for task in stage.platform.tasks_of("zhangsan")][1] == [
        "wr000001"
    ]


async def test_what_was_over_quota_is_tried_again_later(stage: Stage) -> None:
    stage.quota = SendQuota.ONE_PER_DAY
    async with stage.house() as built:
        await stage.tell(built, MINE, Text("早安"), key="post:a")
        await stage.pass_(built, seconds=16)
        stage.platform.confirm(*stage.platform.tasks_of("zhangsan"))
        await stage.pass_(built, minutes=5)
        await stage.tell(built, MINE, Text("晚安"), key="post:b")
        await stage.pass_(built, seconds=16)
        assert "超过次数" in await page(built)
        ((owner, digest),) = await built.ask(
            "SELECT DISTINCT owner, digest FROM mass_targets WHERE status = 'over_quota'"
        )
        form = {"owner": str(owner), "digest": str(digest), "audience": "groups"}
        await press(built, "retry-loose", **form)
        await stage.pass_(built, seconds=16)
        assert await statuses(built) == {"delivered": 3, "over_quota": 3}

        await stage.pass_(built, hours=22)
        await press(built, "retry-loose", **form)
        await stage.pass_(built, seconds=16)
        assert await statuses(built) == {"delivered": 3, "created": 3}
        with pytest.raises(Over):
            await press(built, "retry-loose", owner="", digest="")


async def test_older_tasks_are_on_further_pages(stage: Stage) -> None:
    async with stage.house() as built:
        for number in range(25):
            await stage.tell(built, MINE[:1], Text(f"第 {number} 条"), key=f"post:{number}")
        await stage.pass_(built, seconds=16)
        first = await page(built)

        assert 'id="task-25"' in first
        assert 'href="?before=6"' in first
        assert 'id="task-1"' in await page(built, before="6")


@pytest.mark.parametrize("form", [{}, {"task": ""}, {"task": "x"}, {"task": "9" * 30}])
@pytest.mark.parametrize(
    "action", sorted(set(PAGE.actions) - {"draft", "draft-customers", "moment"})
)
async def test_a_form_that_means_nothing_is_refused(
    stage: Stage, action: str, form: dict[str, str]
) -> None:
    async with stage.house() as built:
        with pytest.raises(Over):
            await press(built, action, **(form | {"nothing": ""}))


async def test_figures_tell_how_many_wait_and_for_how_long(stage: Stage) -> None:
    waiting, oldest = mass_send.feature.metrics
    async with stage.house() as built:
        look = built.house.writer.look
        assert (await look(waiting.read), await look(oldest.read)) == (0, 0)
        await stage.made(built, MINE)
        await stage.pass_(built, hours=2)

        assert await look(waiting.read) == 1
        assert await look(oldest.read) == 7200


async def test_operators_hear_of_a_sleepy_owner_once_a_day(stage: Stage) -> None:
    async with stage.house() as built:
        await stage.made(built, MINE)
        counts = []
        for _ in range(30):
            await stage.pass_(built, hours=1)
            await built.house.clockwork.run_all()
            rows = await built.ask(
                "SELECT count(*) FROM notices WHERE key LIKE 'mass_send.unconfirmed%'"
            )
            counts.append(rows[0][0])

    assert counts[2:5] == [0, 1, 1]
    assert counts[-1] == 2


async def test_the_button_of_the_card_greys(stage: Stage) -> None:
    async with stage.house() as built:
        await stage.made(built, MINE)
        (card,) = stage.cards("zhangsan")
        assert isinstance(card, Card)
        await built.house.inbox.accept(
            [
                built.update(
                    "zhangsan",
                    "",
                    kind=UpdateKind.TAP,
                    tap=Tap(card.buttons[0].key, card.id, handle="h1"),
                )
            ]
        )
        await built.house.engine.settle()

    assert CardUpdate("h1", "已知道") in [message.part for message in stage.phone.sent]

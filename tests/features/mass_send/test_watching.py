"""Owners sleep, wake up, are reminded, refuse by silence; groups are full, dead, or late."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from bot.features.mass_send.rules import MassSendSettings
from bot.kernel.abilities import SendQuota
from bot.kernel.messages import Image, Link, Text
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import micros
from tests.features.mass_send.conftest import Stage, dies_at, group, notices, statuses
from tests.kit.house import HouseUnderTest
from tests.kit.platforms import Fault
from tests.kit.wecom import PNG_URL

REMIND, CANCEL = "externalcontact/remind_groupmsg_send", "externalcontact/cancel_groupmsg_send"
TASK = "externalcontact/get_groupmsg_task"
MINE = [group(number, "zhangsan") for number in range(3)]
REMINDED = Statement("INSERT INTO mass_reminders (task_id, at, asked_by) VALUES (1, :at, 'bot')")
WISHED = Statement("UPDATE mass_tasks SET wanted = 'remind', wanted_by = 'xiaoli' WHERE id = 1")


async def hours(stage: Stage, built: HouseUnderTest, count: float, step_min: int = 6) -> None:
    """Let hours pass, some minutes at a time."""
    for _ in range(round(count * 60 / step_min)):
        await stage.pass_(built, minutes=step_min)


async def audited(built: HouseUnderTest) -> list[tuple[object, ...]]:
    return await built.ask("SELECT who, what, why FROM audit ORDER BY id")


# ── what arrives ────────────────────────────────────────────────────────────────────────────


async def test_results_come_in_pages(stage: Stage) -> None:
    stage.platform.page = 2
    many = [group(number, "zhangsan") for number in range(7)]
    async with stage.house() as built:
        await stage.made(built, many)
        stage.platform.confirm(*stage.platform.tasks_of("zhangsan"))
        await stage.pass_(built, minutes=5)

        assert await statuses(built) == {"delivered": 7}
    cursors = [call.get("cursor") for call in stage.platform.called("get_groupmsg_send_result")]
    assert cursors == [None, "2", "4", "6"]


async def test_instants_of_a_delivery_are_kept(stage: Stage) -> None:
    async with stage.house() as built:
        await stage.made(built, MINE[:1])
        made = stage.clock.now()
        stage.clock.tick(minutes=3)
        stage.platform.confirm(*stage.platform.tasks_of("zhangsan"))
        confirmed = stage.clock.now()
        await stage.pass_(built, minutes=5)
        rows = await built.ask("SELECT created_at, confirmed_at, sent_at FROM mass_targets")

    assert [datetime.fromtimestamp(int(str(at)) // 1_000_000, UTC) for at in rows[0]] == [
        made,
        confirmed,
        confirmed,
    ]


async def test_a_group_that_the_platform_cannot_reach_is_named(stage: Stage) -> None:
    stage.platform.dead_chats = {"wr000001"}
    async with stage.house() as built:
        await stage.made(built, MINE)
        stage.platform.confirm(*stage.platform.tasks_of("zhangsan"))
        await stage.pass_(built, minutes=5)

        assert await statuses(built) == {"delivered": 2, "failed": 1}
        assert await built.ask("SELECT chat, reason FROM mass_targets WHERE status = 'failed'") == [
            ("wr000001", "unreachable")
        ]


async def test_a_task_for_nobody_fails_and_operators_hear_of_it(stage: Stage) -> None:
    stage.platform.dead_chats = {one.recipient for one in MINE}
    async with stage.house() as built:
        await stage.made(built, [*MINE, group(4, "lisi")])

        assert await statuses(built, "mass_tasks") == {"failed": 1, "created": 1}
        assert "平台不收，错误码 41048" in (await notices(built))[0]


async def test_a_group_that_is_never_listed_has_failed_after_a_day(stage: Stage) -> None:
    async with stage.house() as built:
        await stage.made(built, MINE)
        stage.platform.confirm(*stage.platform.tasks_of("zhangsan"), only=2)
        await hours(stage, built, 23, step_min=20)
        assert await statuses(built) == {"delivered": 2, "confirmed": 1}
        asked = len(stage.platform.called("get_groupmsg_send_result"))
        assert asked < 50
        await hours(stage, built, 3)

        assert await statuses(built) == {"delivered": 2, "failed": 1}
        assert await statuses(built, "mass_tasks") == {"delivered": 1}


async def test_pictures_and_links_travel_along(stage: Stage) -> None:
    parts = (
        Text("周六徒步开始报名"),
        Image(data_url=PNG_URL),
        Link("报名页", "https://example.invalid/hike", "名额 30"),
    )
    async with stage.house() as built:
        await stage.made(built, MINE, *parts)
        await stage.made(built, [group(4, "lisi")], *parts)

    task, other = stage.platform.tasks.values()
    assert [one["msgtype"] for one in task.body["attachments"]] == ["image", "link"]
    assert task.body["attachments"] == other.body["attachments"]  # uploaded once
    assert stage.platform.refused == []


async def test_a_media_id_that_is_gone_is_replaced(stage: Stage) -> None:
    async with stage.house() as built:
        await stage.made(built, [group(4, "lisi")], Image(data_url=PNG_URL))
        stage.platform.forget_media()
        await stage.tell(built, MINE, Image(data_url=PNG_URL), key="post:b")
        for _ in range(3):
            await stage.pass_(built, seconds=16)

        assert await statuses(built) == {"created": 4}


async def test_a_picture_that_is_not_there_fails_its_task_alone(stage: Stage) -> None:
    async with stage.house() as built:
        await stage.tell(built, MINE, Text("早安"), Image(path="gone.png"), key="post:a")
        await stage.tell(built, MINE, Text("晚安"), key="post:b")
        await stage.pass_(built, seconds=16)

        assert await statuses(built) == {"failed": 3, "created": 3}
        assert stage.platform.tasks_of("zhangsan")[0].text == "晚安"


async def test_more_than_nine_pictures_are_a_second_task(stage: Stage) -> None:
    pictures = [
        Link(f"第 {number} 页", f"https://example.invalid/{number}") for number in range(11)
    ]
    async with stage.house() as built:
        await stage.made(built, MINE[:1], Text("全部回顾"), *pictures)

    first, second = stage.platform.tasks_of("zhangsan")
    assert (first.text, len(first.body["attachments"])) == ("全部回顾", 9)
    assert (second.text, len(second.body["attachments"])) == ("", 2)


async def test_long_words_are_cut_between_characters(stage: Stage) -> None:
    async with stage.house() as built:
        await stage.made(built, MINE[:1], Text("长" * 2000))

    (task,) = stage.platform.tasks_of("zhangsan")
    assert task.text.endswith("长…")
    assert len(task.text.encode()) <= 4000


# ── quotas ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rule", "fits"),
    [(SendQuota.ONE_PER_DAY, 1), (SendQuota.SEVEN_PER_WEEK, 7), (SendQuota.DAYS_OF_MONTH, 31)],
)
async def test_a_group_gets_no_more_than_its_quota(
    stage: Stage, rule: SendQuota, fits: int
) -> None:
    stage.quota = rule
    async with stage.house() as built:
        for number in range(fits + 2):
            await stage.tell(built, MINE[:1], Text(f"第 {number} 条"), key=f"post:{number}")
        await stage.pass_(built, seconds=16)

        assert await statuses(built) == {"created": fits, "over_quota": 2}
        assert len(await notices(built)) == 1


async def test_a_quota_is_new_with_the_next_day(stage: Stage) -> None:
    stage.quota = SendQuota.ONE_PER_DAY
    stage.clock.at = datetime(2026, 12, 31, 15, 0, tzinfo=UTC)  # 23:00 in Shanghai
    async with stage.house() as built:
        await stage.tell(built, MINE[:1], key="post:old year")
        await stage.pass_(built, seconds=16)
        stage.platform.confirm(*stage.platform.tasks_of("zhangsan"))
        await stage.pass_(built, minutes=5)
        await stage.tell(built, MINE[:1], key="post:too early")
        await stage.pass_(built, seconds=16)
        assert await statuses(built) == {"delivered": 1, "over_quota": 1}

        await stage.pass_(built, hours=1)
        await stage.tell(built, MINE[:1], key="post:new year")
        await stage.pass_(built, seconds=16)
        assert await statuses(built) == {"delivered": 1, "over_quota": 1, "created": 1}


async def test_what_waits_counts_although_it_was_made_yesterday(stage: Stage) -> None:
    stage.quota = SendQuota.ONE_PER_DAY
    async with stage.house() as built:
        await stage.tell(built, MINE[:1], key="post:monday")
        await stage.pass_(built, seconds=16)
        await hours(stage, built, 20, step_min=60)  # it is Tuesday
        await stage.tell(built, MINE[:1], key="post:tuesday")
        await stage.pass_(built, seconds=16)

        assert await statuses(built) == {"created": 1, "over_quota": 1}


async def test_what_never_arrived_does_not_count(stage: Stage) -> None:
    stage.quota = SendQuota.ONE_PER_DAY
    stage.platform.dead_chats = {one.recipient for one in MINE}
    async with stage.house() as built:
        await stage.tell(built, MINE, key="post:a")
        await stage.pass_(built, seconds=16)
        stage.platform.dead_chats = set()
        await stage.tell(built, MINE, key="post:b")
        await stage.pass_(built, seconds=16)

        assert await statuses(built) == {"failed": 3, "created": 3}


async def test_the_platforms_own_count_is_believed(stage: Stage) -> None:
    stage.platform.most_a_month = 1
    async with stage.house() as built:
        await stage.tell(built, MINE, key="post:a")
        await stage.pass_(built, seconds=16)
        stage.platform.confirm(*stage.platform.tasks_of("zhangsan"))
        await stage.pass_(built, minutes=5)
        await stage.tell(built, [*MINE, group(3, "zhangsan")], key="post:b")
        await stage.pass_(built, seconds=16)

        assert await statuses(built) == {"delivered": 3, "failed": 3, "created": 1}


# ── reminders ───────────────────────────────────────────────────────────────────────────────


async def test_a_sleepy_owner_is_reminded_by_day_and_at_most_three_times_a_day(
    stage: Stage,
) -> None:
    stage.settings = MassSendSettings(remind_every_min=60, stale_after_h=72)
    async with stage.house() as built:
        await stage.made(built, MINE)
        made = stage.clock.now().timestamp()
        await hours(stage, built, 47, step_min=20)

    (task,) = stage.platform.tasks_of("zhangsan")
    assert len(stage.platform.called("remind_groupmsg_send")) == 6
    assert task.reminded[0] - made >= 3600
    assert stage.platform.refused == []


async def test_nobody_is_reminded_or_told_at_night(stage: Stage) -> None:
    stage.clock.at = datetime(2026, 8, 24, 13, 30, tzinfo=UTC)  # 21:30 in Shanghai
    async with stage.house() as built:
        await stage.made(built, MINE)
        await hours(stage, built, 11.4, step_min=12)
        assert stage.platform.called("remind_groupmsg_send") == []
        assert stage.cards("zhangsan") == []
        assert await notices(built) == []

        await hours(stage, built, 0.5)
        assert len(stage.platform.called("remind_groupmsg_send")) == 1
        await built.house.clockwork.run_all()
        assert "群主 zhangsan 有 1 条群发（3 个群）超过 4 小时没有确认" in (await notices(built))[0]
        assert len(stage.cards("zhangsan")) == 1


async def test_a_clock_set_back_delays_no_reminder_and_no_result(stage: Stage) -> None:
    stage.clock.tick(hours=4)
    async with stage.house() as built:
        await stage.made(built, MINE)
        await hours(stage, built, 1.5)
        assert len(stage.platform.called("remind_groupmsg_send")) == 1
        await stage.set_back(built, hours=6)
        await hours(stage, built, 4.2)
        assert len(stage.platform.called("remind_groupmsg_send")) == 2, (
            "four hours after the last, as always"
        )

        stage.platform.confirm(*stage.platform.tasks_of("zhangsan"))
        await stage.pass_(built, minutes=35)
        assert await statuses(built) == {"delivered": 3}


async def test_a_clock_set_back_delays_no_new_task(stage: Stage) -> None:
    async with stage.house() as built:
        await stage.tell(built, MINE)
        await stage.set_back(built, hours=6)
        await stage.pass_(built, seconds=16)
        assert await statuses(built) == {"created": 3}

        await stage.set_back(built, hours=6)
        await stage.pass_(built, hours=24, minutes=1)
        await stage.pass_(built, minutes=31)
        assert await statuses(built) == {"expired": 3}, "a day after it was set back"


async def test_the_platform_that_says_too_often_is_not_asked_on(stage: Stage) -> None:
    stage.settings = MassSendSettings(remind_every_min=60)
    stage.platform.faults[REMIND].append(Fault(errcode=41094))
    async with stage.house() as built:
        await stage.made(built, MINE)
        await hours(stage, built, 1.5)
        assert [what for _, what, _ in await audited(built)] == ["mass_send.created"]
        await hours(stage, built, 1)

        assert await statuses(built, "mass_tasks") == {"created": 1}
        assert [what for _, what, _ in await audited(built)] == [
            "mass_send.created",
            "mass_send.reminded",
        ]


async def test_a_wish_that_others_were_quicker_than_makes_no_fourth(stage: Stage) -> None:
    async with stage.house() as built:
        await stage.made(built, MINE)
        now = micros(stage.clock.now())

        def three_and_a_wish(uow: UnitOfWork) -> None:
            for ago in range(3):
                uow.run(REMINDED, at=now - ago)
            uow.run(WISHED)

        await built.house.writer.do(three_and_a_wish)
        await hours(stage, built, 1)
        assert stage.platform.called("remind_groupmsg_send") == []
        assert await built.ask("SELECT wanted FROM mass_tasks") == [("",)]


@pytest.mark.parametrize("step", ["mass_send.reminding", "mass_send.reminded"])
async def test_a_death_while_reminding_reminds_nobody_twice(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    async with stage.house() as built:
        await stage.made(built, MINE)
    with monkeypatch.context() as patch:
        dies_at(patch, step)
        async with stage.house() as built:
            await hours(stage, built, 1.5)
    async with stage.house() as built:
        await hours(stage, built, 1)

    assert len(stage.platform.called("remind_groupmsg_send")) <= 1


async def test_an_owner_is_told_by_a_card_how_many_groups_wait(stage: Stage) -> None:
    async with stage.house() as built:
        await stage.tell(built, MINE, Text("早安"), key="post:a")
        await stage.tell(built, MINE, Text("晚安"), key="post:b")
        await stage.pass_(built, seconds=16)
        await hours(stage, built, 0.5)

    (card,) = stage.cards("zhangsan")
    assert card.title == "有 6 个群的消息等你确认"
    assert "2 条群发、共 6 个群" in card.body
    assert card.url == ""
    assert stage.cards("lisi") == []


async def test_a_death_before_the_card_does_not_lose_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage.house() as built:
        await stage.tell(built, MINE)
        with monkeypatch.context() as patch:
            dies_at(patch, "mass_send.recorded")
            await stage.pass_(built, seconds=16)
    async with stage.house() as built:
        await hours(stage, built, 0.5)

    assert len(stage.cards("zhangsan")) == 1


# ── giving up ───────────────────────────────────────────────────────────────────────────────


async def test_what_nobody_confirms_is_cancelled_in_the_end(stage: Stage) -> None:
    stage.settings = MassSendSettings(stale_after_h=6)
    async with stage.house() as built:
        await stage.made(built, MINE)
        await hours(stage, built, 5.9)
        assert await statuses(built) == {"created": 3}
        await hours(stage, built, 0.2)

        assert await statuses(built) == {"expired": 3}
        assert await statuses(built, "mass_tasks") == {"expired": 1}
        assert (await audited(built))[-1][:2] == ("bot", "mass_send.expired")
        assert "一直没人确认，已经取消" in (await notices(built))[-1]
        await hours(stage, built, 12, step_min=30)
    (task,) = stage.platform.tasks_of("zhangsan")
    assert task.cancelled
    assert len(stage.platform.called("cancel_groupmsg_send")) == 1


async def test_a_death_while_cancelling_cancels_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.settings = MassSendSettings(stale_after_h=6)
    async with stage.house() as built:
        await stage.made(built, MINE)
        with monkeypatch.context() as patch:
            dies_at(patch, "mass_send.stopped")
            await hours(stage, built, 7)

        assert await statuses(built) == {"expired": 3}
    assert len(stage.platform.called("cancel_groupmsg_send")) == 2  # 41093 is as good


async def test_what_was_confirmed_at_the_last_moment_counts(stage: Stage) -> None:
    stage.settings = MassSendSettings(stale_after_h=6)
    async with stage.house() as built:
        await stage.made(built, MINE)
        (task,) = stage.platform.tasks_of("zhangsan")
        await hours(stage, built, 5.9)
        task.sent["wr000000"] = stage.clock.now().timestamp()  # sent, not yet shown as confirmed
        await hours(stage, built, 0.2)

        assert await statuses(built) == {"expired": 2, "delivered": 1}


async def test_what_waited_too_long_for_its_platform_is_not_sent_any_more(stage: Stage) -> None:
    stage.platform.faults["externalcontact/add_msg_template"].extend([Fault(errcode=48002)] * 500)
    async with stage.house() as built:
        await stage.made(built, MINE)
        assert await statuses(built, "mass_tasks") == {"drafted": 1}
        await hours(stage, built, 25, step_min=20)
        stage.platform.faults.clear()
        await hours(stage, built, 1)

        assert await statuses(built) == {"expired": 3}
        assert "已经过时，不再发" in (await notices(built))[-1]
    assert stage.platform.tasks == {}


async def test_trouble_with_one_task_holds_up_no_other(stage: Stage) -> None:
    async with stage.house() as built:
        await stage.made(built, [*MINE, group(4, "lisi")])
        for owner in ("zhangsan", "lisi"):
            stage.platform.confirm(*stage.platform.tasks_of(owner))
        stage.platform.faults[TASK].append(Fault(errcode=40058))
        await stage.pass_(built, minutes=5)
        assert (await statuses(built))["created"] in (1, 3)
        assert (await statuses(built))["delivered"] in (1, 3)
        assert "错误码 40058" in (await notices(built))[0]
        await hours(stage, built, 1.2)

        assert await statuses(built) == {"delivered": 4}


async def test_a_task_that_is_handed_out_still_is_asked_about_later(stage: Stage) -> None:
    async with stage.house() as built:
        await stage.made(built, MINE)
        stage.platform.confirm(*stage.platform.tasks_of("zhangsan"))
        stage.platform.dispatching = 2
        await hours(stage, built, 0.5)

        assert await statuses(built) == {"delivered": 3}
        assert await notices(built) == []


async def test_a_task_that_sleeps_is_looked_at_more_and_more_seldom(stage: Stage) -> None:
    async with stage.house() as built:
        await stage.made(built, MINE)
        asked: list[datetime] = []
        before = len(stage.platform.called("get_groupmsg_task"))
        for _ in range(20 * 12):
            await stage.pass_(built, minutes=5)
            if len(stage.platform.called("get_groupmsg_task")) > before:
                before = len(stage.platform.called("get_groupmsg_task"))
                asked.append(stage.clock.now())

    pauses = [later - earlier for earlier, later in pairwise(asked)]
    assert len(asked) < 80
    assert timedelta(minutes=30) <= max(pauses) <= timedelta(minutes=35)

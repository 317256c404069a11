"""The nightly digest: thanks, and shames nobody; once for each day and group."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.features.rankings import digest
from bot.kernel.work import Statement
from tests.features.rankings.conftest import OTHER, VIP, Village
from tests.kit.rooms import Store

AT_NIGHT = {"hours": 9, "minutes": 30}  # from noon on: 21:30


def on(village: Village, group: str = "vip-1", **form: str) -> None:
    assert "每晚 21:30" in village.operates(group=group, on="1", at="21:30", **form)


def test_a_group_is_thanked_at_its_time_and_once(village: Village) -> None:
    village.everybody("阿梅", "小李")
    on(village)
    village.checks_in("阿梅", "小李", group="vip-1")
    assert village.night() == []
    village.store.clock.tick(**AT_NIGHT)
    assert village.night() == ["🌙 今天有 2 位来打卡，谢谢你们。\n明天见。"]
    assert village.night() == []
    village.store.clock.tick(minutes=30)
    assert village.night() == []
    assert village.outgoing[-1].to_group
    assert village.outgoing[-1].recipient == "vip-1"


def test_nothing_is_said_when_nobody_came_and_not_later_that_night(village: Village) -> None:
    on(village)
    village.joins("vip-1", "阿梅")
    village.store.clock.tick(**AT_NIGHT)
    assert village.night() == []
    village.checks_in("阿梅", group="vip-1")
    assert village.night() == []


def test_milestones_and_own_records_are_named_nobody_else(village: Village) -> None:
    village.everybody("阿梅", "小李", "小王", "小赵", "没来的")
    on(village)
    village.joins("vip-1", "阿梅", "小李", "小王", "小赵", "没来的")
    village.comes("阿梅", 7)
    village.comes("小李", 30)
    village.comes("小王", 4)
    village.comes("小王", 3, ago=6)
    village.comes("小赵", 2)
    village.comes("没来的", 20, ago=1)
    village.store.clock.tick(**AT_NIGHT)
    [said] = village.night()
    assert said.splitlines() == [
        "🌙 今天有 4 位来打卡，谢谢你们。",
        "🎉 连续 30 天：小李",
        "🎉 连续 7 天：阿梅",
        "✨ 刷新了自己的最长纪录：小王（4 天）",
        "明天见。",
    ]


def test_who_left_the_boards_is_counted_and_not_named(village: Village) -> None:
    village.everybody("阿梅", "小李")
    on(village)
    village.joins("vip-1", "阿梅", "小李")
    village.comes("阿梅", 7)
    village.comes("小李", 7)
    village.says("小李", "退出排行榜")
    village.store.clock.tick(**AT_NIGHT)
    [said] = village.night()
    assert "今天有 2 位" in said
    assert "🎉 连续 7 天：阿梅\n" in said
    assert "小李" not in said


def test_many_names_end_in_a_number(village: Village) -> None:
    people = [f"会员{n}" for n in range(12)]
    village.everybody(*people)
    on(village)
    village.joins("vip-1", *people)
    for who in people:
        village.comes(who, 7)
    village.store.clock.tick(**AT_NIGHT)
    [said] = village.night()
    assert said.count("会员") == 8
    assert "等 12 位" in said


def test_people_of_other_groups_are_not_counted(village: Village) -> None:
    village.everybody("阿梅", "小李")
    on(village)
    on(village, "vip-2")
    village.checks_in("阿梅", group="vip-1")
    village.store.clock.tick(**AT_NIGHT)
    assert village.night() == ["🌙 今天有 1 位来打卡，谢谢你们。\n明天见。"]


def test_too_late_is_not_at_all(village: Village) -> None:
    on(village)
    village.checks_in("阿梅", group="vip-1")
    village.store.clock.tick(hours=11, minutes=30)
    assert village.night() == []


def test_off_and_quiet_groups_hear_nothing(village: Village) -> None:
    village.checks_in("阿梅", group="vip-1")
    on(village, quiet="2026-08-24")
    village.store.clock.tick(**AT_NIGHT)
    assert village.night() == []
    assert "停到 2026-08-24" in village.page()
    village.store.clock.tick(days=1)
    village.checks_in("阿梅", group="vip-1")
    assert len(village.night()) == 1
    assert "不发日报" in village.operates(group="vip-1", at="21:30")
    village.store.clock.tick(days=1)
    village.checks_in("阿梅", group="vip-1")
    assert village.night() == []


def test_a_customer_group_gets_a_draft_for_its_owner(village: Village) -> None:
    village.door(needs_human_confirm=True)
    on(village)
    village.checks_in("阿梅", group="vip-1")
    assert "由群主确认后发出" in village.page()
    village.store.clock.tick(**AT_NIGHT)
    assert village.night() == []
    row = "SELECT key, status FROM mass_targets"
    with village.store.unit() as uow:
        assert [tuple(each) for each in uow.run(Statement(row))] == [
            ("rankings.digest:vip-1:2026-08-24", "drafted")
        ]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"group": "nowhere", "at": "21:30"}, "没有这个群"),
        ({"group": "", "at": "21:30"}, "没有这个群"),
        ({"group": "vip-1", "at": "25:00"}, "时间要写成"),
        ({"group": "vip-1", "at": ""}, "时间要写成"),
        ({"group": "vip-1", "at": "21:30", "quiet": "2026-02-30"}, "日期看不懂"),
    ],
)
def test_a_wrong_form_changes_nothing(village: Village, form: dict[str, str], said: str) -> None:
    answer = village.operates(on="1", **form)
    assert answer.startswith("✗")
    assert said in answer
    assert village.store.count("digest_groups") == 0


def test_the_page_shows_what_would_be_said_now_and_who_changed_what(village: Village) -> None:
    village.everybody("<i>阿梅")
    assert "今天还没有人来，现在不会发" in village.page()
    village.joins("vip-1", "<i>阿梅")
    village.comes("<i>阿梅", 7)
    shown = village.page()
    assert "连续 7 天：&lt;i&gt;阿梅" in shown
    on(village)
    assert village.store.count("audit") == 1


def test_the_simulator_stops_where_the_next_digest_is(village: Village) -> None:
    at = village.store.do(lambda uow: digest.next_due(uow, village.tools, village.clock.now()))
    assert at is None
    on(village)
    at = village.store.do(lambda uow: digest.next_due(uow, village.tools, village.clock.now()))
    assert at is not None
    assert at.isoformat() == "2026-08-24T13:30:00+00:00"
    village.store.clock.tick(hours=10)
    at = village.store.do(lambda uow: digest.next_due(uow, village.tools, village.clock.now()))
    assert at is not None
    assert at.isoformat() == "2026-08-25T13:30:00+00:00"


@pytest.mark.postgres
def test_two_replicas_thank_once(postgres: str, tmp_path: Path) -> None:
    village = Village(Store(tmp_path, postgres))
    on(village)
    on(village, "vip-2")
    village.checks_in("阿梅", "小李", group=VIP.id)
    village.joins(OTHER.id, "阿梅")
    village.store.clock.tick(**AT_NIGHT)
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda _: village.night(), range(12)))
    keys = [one.key for one in village.outgoing]
    assert sorted(keys) == ["rankings.digest:vip-1:2026-08-24", "rankings.digest:vip-2:2026-08-24"]
    village.store.close()

"""How members find a challenge, take part, and see how far they are."""

from datetime import datetime

import pytest

from bot.features import challenges
from bot.features.challenges import windows
from bot.kernel.events import CheckedIn
from bot.kernel.messages import Tap, Update, UpdateKind
from tests.features.challenges.conftest import GIFT, WEEK, Arena
from tests.kit.rooms import Store
from tests.kit.talk import CHANNEL

LATER = WEEK.replace("08-24", "08-26").replace("08-30", "09-05")


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def test_without_a_challenge_it_is_said_kindly(arena: Arena) -> None:
    assert arena.says("amei", "挑战") == ["现在没有可以参加的挑战。"]
    assert arena.says("amei", "参加") == ["现在没有可以参加的挑战。"]
    assert arena.says("amei", "参加 101") == ["没有编号 101 的挑战。发“挑战”看看现在有什么。"]
    assert arena.says("amei", "我的挑战") == ["你还没有参加挑战。发“挑战”看看现在有什么。"]


def test_the_only_one_needs_no_number(arena: Arena) -> None:
    arena.writes(WEEK + GIFT)
    assert arena.says("amei", "参加") == [
        (
            "参加好了：早起一周（编号 101）。\n"
            "8 月 24 日到 8 月 30 日，7 天里打卡 5 天算完成，补签的日子不算。\n"
            "完成的人得：50 积分。\n"
            "现在是 0 天，还差 5 天，剩 7 天，来得及。"
        )
    ]
    assert arena.says("amei", "参加 101")[0].startswith("你已经在参加了")
    assert arena.store.count("challenge_members") == 1


@pytest.mark.parametrize(
    "typed", ["参加 102", "参加102", "参加　１０２", "參加 102", "参加 挑战102号"]
)
def test_of_several_the_number_is_said(arena: Arena, typed: str) -> None:
    arena.writes()
    arena.writes(LATER.replace("早起", "夜读"), name="b")
    listed = arena.says("amei", "参加")[0]
    assert "【101】早起一周" in listed
    assert "【102】夜读一周" in listed
    assert "参加好了：夜读一周（编号 102）" in arena.says("amei", typed)[0]
    assert "8 月 26 日开始" in arena.says("amei", "我的挑战")[0]


def test_what_she_takes_part_in_is_not_among_what_she_can_join(arena: Arena) -> None:
    arena.writes()
    arena.writes(LATER.replace("早起", "夜读"), name="b")
    arena.says("amei", "参加 101")
    listed = arena.says("amei", "挑战")[0]
    assert "【101】" not in listed
    assert "【102】夜读一周" in listed
    assert listed.endswith("发“参加 102”就加入。\n你在参加：早起一周。发“我的挑战”看做到哪了。")
    assert "你在参加" not in arena.says("bea", "挑战")[0]
    assert "【101】早起一周" in arena.says("amei", "挑战", group="g")[0]
    arena.says("amei", "参加 102")
    said = "你在参加：早起一周、夜读一周。发“我的挑战”看做到哪了。"
    assert arena.says("amei", "挑战") == [said]


@pytest.mark.parametrize(
    "typed", ["参加 -1", "参加 1.5", "参加 一起", "参加 9999999999999999999999"]
)
def test_what_is_no_number_is_not_guessed(arena: Arena, typed: str) -> None:
    arena.writes()
    assert arena.says("amei", typed)[0].startswith("没看懂是哪个挑战，请带上编号，例如“参加 101”")
    assert arena.store.count("challenge_members") == 0


def test_a_button_of_the_card_takes_part(arena: Arena) -> None:
    arena.writes()
    for button, said in (
        ("challenge:1", "参加好了"),
        ("challenge:x", "没有编号"),
        ("challenge:", "没有"),
    ):
        tap, now = Tap(button, "card"), arena.clock.now()
        update = Update(CHANNEL, "t", UpdateKind.TAP, "amei", now, "amei", tap=tap)
        assert said in arena.hears(update)[0]
    assert arena.store.count("challenge_members") == 1


def test_what_she_did_before_she_joined_counts(arena: Arena) -> None:
    arena.writes()
    arena.daily("amei", 3)
    assert "现在是 3 天，还差 2 天，剩 4 天，来得及" in arena.says("amei", "参加")[0]


def test_five_minutes_before_the_end_she_hears_what_is_still_possible(arena: Arena) -> None:
    arena.writes()
    arena.daily("bea", 4)
    arena.store.clock.at = local("2026-08-30T23:55:00")
    assert "这次来不及完成了" in arena.says("amei", "参加")[0]
    assert "现在是 4 天，还差 1 天，剩 1 天，来得及" in arena.says("bea", "参加")[0]
    arena.says("bea", "打卡", at=local("2026-08-30T23:59:59"))
    assert arena.finishers() == {arena.member("bea")}


def test_the_last_second_is_in_time_by_when_it_was_sent(arena: Arena) -> None:
    arena.writes()
    arena.store.clock.at = local("2026-08-31T00:05:00")
    in_time, too_late = local("2026-08-30T23:59:59"), local("2026-08-31T00:00:00")
    assert "参加好了" in arena.says("amei", "参加 101", at=in_time)[0]
    assert "已经结束" in arena.says("bea", "参加 101", at=too_late)[0]


def test_it_is_for_some_only(arena: Arena) -> None:
    arena.writes(WEEK + 'audience = ["tag:通勤"]\n')
    assert arena.says("amei", "参加 101")[0].startswith("“早起一周”这次只请这些会员：通勤")
    assert arena.store.count("challenge_members") == 0


def test_in_a_group_nobody_hears_how_far_she_is(arena: Arena) -> None:
    arena.writes()
    assert "进度请私聊我" in arena.says("amei", "参加", group="g")[0]
    assert arena.says("amei", "我的挑战", group="g") == ["进度请私聊我发“我的挑战”。"]


def test_an_automatic_one_begins_with_a_check_in(arena: Arena) -> None:
    arena.writes(WEEK + 'joining = "auto"\n')
    arena.says("amei", "打卡")
    assert "1 / 5 天，还差 4 天，剩 6 天" in arena.says("amei", "我的挑战")[0]


def test_the_page_shows_a_bar_and_takes_who_joins(arena: Arena) -> None:
    arena.writes()
    assert ">参加</button>" in arena.page("amei")
    assert "参加好了" in arena.joins_by_form("amei", {"challenge": "101"})
    arena.daily("amei", 2)
    shown = arena.page("amei")
    assert '<progress max="5" value="2"' in shown
    assert "2 / 5 天，还差 3 天，剩 5 天" in shown
    assert "没有编号" in arena.joins_by_form("amei", {"challenge": "999"})
    assert "没有编号" in arena.joins_by_form("amei", {})
    assert "现在没有挑战" in arena.page("amei", challenge="555")


def test_a_check_in_reads_nothing_where_no_challenge_is_open(store: Store, arena: Arena) -> None:
    arena.writes(LATER)
    [listener] = challenges.feature.listeners[CheckedIn]
    event = CheckedIn(arena.member("amei"), arena.clock.now().date(), 1)
    store.do(lambda uow: listener(uow, event, arena.tools))
    assert store.statements_of(lambda uow: listener(uow, event, arena.tools)) == []
    windows.forget(arena.tools)
    assert len(store.statements_of(lambda uow: listener(uow, event, arena.tools))) == 1
    arena.store.clock.tick(seconds=11)
    assert len(store.statements_of(lambda uow: listener(uow, event, arena.tools))) == 1


def test_two_hundred_taps_join_once(arena: Arena) -> None:
    arena.writes()
    for _ in range(200):
        arena.joins_by_form("amei", {"challenge": "101"})
    assert arena.store.count("challenge_members") == 1


def test_who_erases_herself_in_the_middle_leaves_a_count(arena: Arena) -> None:
    arena.writes(WEEK + GIFT)
    for who in ("amei", "bea"):
        arena.says(who, "参加")
        arena.comes(who, 0, 1, 2, 3, 4)
    amei = arena.member("amei")
    with arena.store.unit() as uow:
        for data in challenges.feature.personal:
            data.erase(uow, amei)
    arena.ends(days=8)
    assert "<strong>2</strong> 人参加，<strong>2</strong> 人完成" in arena.console()
    assert arena.finishers() == {arena.member("bea")}


def test_two_members_who_are_one_take_part_once(arena: Arena) -> None:
    arena.writes(WEEK + GIFT)
    for who in ("amei", "bea"):
        arena.says(who, "参加")
    arena.comes("bea", 0, 1, 2, 3, 4)
    amei, bea = arena.member("amei"), arena.member("bea")
    [mover] = challenges.feature.personal[0].movers
    moved = arena.store.do(lambda uow: mover.move(uow, bea, amei))
    assert arena.finishers() == {amei}
    arena.store.do(lambda uow: mover.back(uow, bea, amei, moved))
    assert arena.finishers() == {bea}


def test_her_part_leaves_with_her(arena: Arena) -> None:
    arena.writes(WEEK + GIFT)
    arena.says("amei", "参加")
    arena.comes("amei", 0, 1)
    amei = arena.member("amei")
    [row] = arena.store.do(lambda uow: challenges.feature.personal[0].export(uow, amei))
    assert (row["challenge"], row["days"], row["done_on"]) == ("早起一周", 2, None)

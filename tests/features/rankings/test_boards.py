"""排行榜: who is on it, where, and who is not."""

from datetime import timedelta

import pytest

from bot.features import rankings
from bot.features.rankings import keeping, reads, replies
from bot.kernel.work import Statement, UnitOfWork
from tests.features.rankings.conftest import Village
from tests.kit.rooms import Store


def test_an_empty_month_is_a_kind_word(village: Village) -> None:
    [said] = village.says("amei", "排行榜")
    assert "8 月的榜还是空的，正好从头来" in said
    assert "第" not in said


@pytest.mark.parametrize("word", ["排行榜", "排名", "榜单", "排 行 榜！", "@小拾 排行榜", "PHB"])
def test_it_is_understood(village: Village, word: str) -> None:
    village.everybody("amei")
    village.checks_in("amei")
    [said] = village.says("amei", word)
    assert "1. amei　1 天　← 你" in said


def test_ties_have_one_place_and_the_next_skips(village: Village) -> None:
    people = ["a", "b", "c", "d", "e", "f", "g", "h"]
    village.everybody(*people)
    for who, days in zip(people, [5, 5, 3, 2, 1, 1, 1, 1], strict=True):
        village.comes(who, days, ago=0)
    [said] = village.says("h", "排行榜")
    month = said.partition("🔥")[0]
    assert "1. b　5 天\n1. a　5 天\n3. c　3 天\n4. d　2 天\n你第 5 名，1 天。" in month
    assert "e　" not in month


def test_the_last_places_are_never_shown(village: Village) -> None:
    people = ["a", "b", "c", "d"]
    village.everybody(*people)
    for days, who in enumerate(people, 1):
        village.comes(who, days)
    [said] = village.says("d", "排行榜")
    assert "1. d　4 天" in said
    assert "2. c　3 天" in said
    assert "b　" not in said
    assert "a　" not in said


def test_a_tie_is_shown_whole_or_not_at_all(village: Village) -> None:
    people = [f"m{n}" for n in range(9)]
    village.everybody(*people)
    village.comes("m0", 3)
    for who in people[1:]:
        village.comes(who, 2)
    [said] = village.says("m5", "排行榜")
    month = said.partition("🔥")[0]
    assert "1. m0　3 天\n你第 2 名，2 天。" in month
    assert "m1　" not in month


def test_on_the_first_day_a_crowd_is_counted_and_nobody_picked(village: Village) -> None:
    people = [f"m{n}" for n in range(30)]
    village.everybody(*people)
    for who in people:
        village.comes(who, 1)
    [said] = village.says("m3", "排行榜")
    assert "大家并列第 1，都是 1 天" in said
    assert "你第 1 名，1 天" in said


def test_who_leaves_is_gone_without_a_gap_and_keeps_her_own_figure(village: Village) -> None:
    people = ["a", "b", "c", "d", "e", "f"]
    village.everybody(*people)
    for days, who in enumerate(reversed(people), 1):
        village.comes(who, days)
    assert "你不在排行榜上了" in village.says("a", "退出排行榜")[0]
    assert "本来就不在" in village.says("a", "退出排行榜")[0]
    [said] = village.says("c", "排行榜")
    assert "1. b　5 天\n2. c　4 天　← 你" in said
    assert "a　" not in said
    [hers] = village.says("a", "排行榜")
    assert "你 6 天（没有上榜）" in hers
    assert "加入排行榜" in hers
    assert "欢迎回到排行榜" in village.says("a", "加入排行榜")[0]
    assert "1. a　6 天　← 你" in village.says("a", "排行榜")[0]


def test_one_s_own_place_is_told_in_a_1_1_chat_and_not_in_a_group(village: Village) -> None:
    people = ["a", "b", "c", "d", "e", "f"]
    village.everybody(*people)
    for days, who in enumerate(reversed(people), 1):
        village.comes(who, days)
    village.joins("vip-1", *people)
    assert "你第 6 名，1 天" in village.says("f", "排行榜")[0]
    [in_group] = village.says("f", "排行榜", group="vip-1")
    assert "你" not in in_group
    assert "自己的名次，私下发“排行榜”看" in in_group


def test_in_a_group_only_its_members_count(village: Village) -> None:
    village.everybody("a", "b", "c")
    village.comes("a", 9)
    village.comes("b", 4)
    village.comes("c", 2)
    village.joins("vip-1", "b", "c")
    village.joins("vip-2", "a")
    [said] = village.says("c", "排行榜", group="vip-1")
    assert "本群 8 月" in said
    assert "1. b　4 天" in said
    assert "a　" not in said


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<b>阿梅</b>", "<b>阿梅</b>　3 天"),
        ("阿\n1. 假的　99 天", "阿 1. 假的 99 天　3 天"),
        ("\u202e梅阿", "梅阿　3 天"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)　3 天"),
        ("👗" * 50, "👗"),
    ],
)
def test_a_hostile_name_stays_a_name(village: Village, name: str, shown: str) -> None:
    village.comes("a", 3)
    village.called("a", name)
    [said] = village.says("a", "排行榜")
    assert shown in said
    assert said.count("\n1. ") == 2
    page = village.member_page("a")
    assert "<b>阿梅" not in page
    assert ",=HYPER" not in village.page()


def test_a_new_month_begins_empty_and_the_run_goes_on(village: Village) -> None:
    village.everybody("a")
    village.comes("a", 5)
    village.store.clock.tick(days=8)  # the first of September
    assert "9 月的榜还是空的" in village.says("a", "排行榜")[0]
    village.store.clock.at -= timedelta(days=7)
    [said] = village.says("a", "排行榜")
    assert "1. a　5 天" in said
    assert "正在连续" in said


def test_a_run_that_broke_is_on_no_list(village: Village) -> None:
    village.everybody("a")
    village.comes("a", 5, ago=2)
    [said] = village.says("a", "排行榜")
    assert "🔥" not in said
    assert "1. a　5 天" in said


def test_a_page_of_a_group_is_for_those_in_it(village: Village) -> None:
    village.everybody("a", "b")
    village.comes("a", 3)
    village.joins("vip-1", "a")
    village.comes("b", 2)
    assert "穿搭一群" in village.member_page("a", group="vip-1")
    for group in ("vip-1", "nowhere", "' OR 1=1"):
        assert "穿搭一群" not in village.member_page("b", group=group)


def test_the_page_lets_her_leave_and_come_back(village: Village) -> None:
    village.everybody("a")
    her = village.comes("a", 3)
    [page] = rankings.feature.member_pages
    assert "退出排行榜" in village.member_page("a")
    village.store.do(lambda uow: page.acts["leave"](uow, village.tools, her, {}))
    assert "加入排行榜</button>" in village.member_page("a")
    village.store.do(lambda uow: page.acts["join"](uow, village.tools, her, {}))
    assert "退出排行榜</button>" in village.member_page("a")


def test_pictures_are_made_for_whoever_asks_and_for_no_other_number(village: Village) -> None:
    [page], her = rankings.feature.member_pages, village.comes("a", 3)
    assert page.files is not None
    for number in (1, 2):
        given = village.store.do(lambda uow, n=number: page.files(uow, village.tools, her, n))  # type: ignore[misc]  # its own
        assert given is not None
        assert given.open().read(4) == b"\x89PNG"
    assert village.store.do(lambda uow: page.files(uow, village.tools, her, 3)) is None  # type: ignore[misc]  # there is one


def test_boards_are_read_by_index_and_nothing_is_sorted(store: Store) -> None:
    plans = [
        store.plan(reads.TOP_OF_MONTH, month="2026-08", most=21),
        store.plan(reads.TOP_OF_RUNS, day="2026-08-24", most=21),
        store.plan(reads.ABOVE_IN_MONTH, month="2026-08", days=3),
        store.plan(reads.ABOVE_IN_RUNS, day="2026-08-24", days=3),
        store.plan(keeping.MONTHS, member=1, before="2026-09", most=2),
    ]
    for plan in plans:
        assert "TEMP B-TREE" not in plan
        assert "SCAN rank_months" not in plan
        assert "SCAN rank_streaks" not in plan


def test_one_hundred_thousand_members_cost_no_more_statements(village: Village) -> None:
    her = village.comes("amei", 3)

    def look(uow: UnitOfWork) -> None:
        replies.boards(uow, village.tools, her)

    few = len(village.store.statements_of(look))
    with village.store.unit() as uow:
        uow.run(_PEOPLE)
        uow.run(_MONTHS)
    assert len(village.store.statements_of(look)) == few


_PEOPLE = Statement(
    "WITH RECURSIVE n(id) AS (SELECT 1000 UNION ALL SELECT id + 1 FROM n WHERE id < 101000)"
    " INSERT INTO members (id, created_at, joined_at) SELECT id, 0, 0 FROM n"
)
_MONTHS = Statement(
    "INSERT INTO rank_months (member_id, month, mask, days)"
    " SELECT id, '2026-08', 1, 1 + id % 20 FROM members WHERE id >= 1000"
)

"""What operators see and do."""

import pytest

from bot.features import challenges
from tests.features.challenges.conftest import GIFT, WEEK, Arena

FORM = {
    "title": "秋天早起",
    "starts_on": "2026-08-24",
    "ends_on": "2026-08-30",
    "days_needed": "5",
    "reward_points": "0",
    "winner_points": "0",
}


def test_an_empty_page_says_how_to_begin(arena: Arena) -> None:
    assert "还没有挑战" in arena.console()


def test_a_form_writes_the_file_and_the_challenge_is_there(arena: Arena) -> None:
    more = {"photo": "1", "auto": "1", "winner_by": "most_days", "winner_points": "9"}
    said = arena.operates("make", **(FORM | more), audience="tag:通勤")
    assert "写好了：content/challenges/秋天早起.md" in said
    arena.runs("challenges.files")
    terms = arena.view().terms
    assert (terms.photo, terms.joining, terms.audience) == (True, "auto", ("tag:通勤",))
    assert terms.winner is not None
    assert (terms.winner.points, terms.winner.tie) == (9, "all")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": " "}, "请写标题"),
        ({"title": "长" * 61}, "最多 60 个字"),
        ({"ends_on": "x"}, "“最后一天”的日期看不懂"),
        ({"starts_on": ""}, "“第一天”的日期看不懂"),
        ({"days_needed": "0"}, "“打卡多少天算完成”要是大于 0 的整数"),
        ({"days_needed": "-3"}, "“打卡多少天算完成”要是大于 0 的整数"),
        ({"days_needed": "2.5"}, "“打卡多少天算完成”要是大于 0 的整数"),
        ({"days_needed": "8"}, "第 7 行 填得不对：[bad-value] days_needed is 8 of 7 days"),
        ({"reward_points": "9" * 30}, "“完成得多少积分”要是大于 0 的整数"),
        ({"ends_on": "2026-08-01"}, "ends_on 2026-08-01 is before"),
        ({"body": "转发朋友圈就送积分"}, "share-for-reward"),
        ({"winner_by": "votes"}, "winner"),
    ],
)
def test_a_wrong_form_writes_nothing_and_names_the_field(
    arena: Arena, changed: dict[str, str], said: str
) -> None:
    answer = arena.operates("make", **(FORM | changed))
    assert answer.startswith("✗")
    assert said in answer
    assert not (arena.desk.content / "challenges").exists()


def test_closed_early_what_was_done_by_today_counts(arena: Arena) -> None:
    arena.writes(WEEK.replace("days_needed = 5", "days_needed = 2") + GIFT)
    for who in ("amei", "bea"):
        arena.says(who, "参加")
    arena.daily("amei", 2)
    assert arena.operates("close", challenge="101", why=" ").startswith("✗ 请写为什么")
    assert "现在结束" in arena.operates("close", challenge="101", why="活动改期")
    assert arena.store.audited()[-1] == ("lin", "challenges.closed")
    arena.runs("challenges.settle")
    assert arena.view().state == "closed"
    arena.comes("bea", 0, 1)
    assert arena.finishers() == {arena.member("amei")}
    assert "已经结束" in arena.says("cici", "参加 101")[0]
    for number in ("", "0", "101", "999", "一"):
        assert arena.operates("close", challenge=number, why="x").startswith("✗ 没有改")


def test_one_that_has_not_begun_is_not_closed(arena: Arena) -> None:
    arena.writes(WEEK.replace("08-24", "08-25"))
    assert "未开始" in arena.console()
    assert arena.operates("close", challenge="101", why="x").startswith("✗ 没有改")


def test_the_list_goes_as_a_file_without_formulas(arena: Arena) -> None:
    arena.writes(WEEK)
    arena.says("amei", "参加")
    arena.comes("amei", 0, 1, 2, 3, 4)
    shown = arena.console(challenge="101")
    assert 'download="challenge-101.csv"' in shown
    assert "2026-08-28" in shown
    assert "还没有挑战" in arena.console(challenge="999")


def test_the_figure_counts_open_challenges(arena: Arena) -> None:
    [figure] = challenges.feature.metrics
    arena.writes(WEEK)
    assert arena.store.do(figure.read) == 1
    arena.ends(days=9)
    assert arena.store.do(figure.read) == 0

"""Operators write rules by a form: they see them first, are told what is wrong, and can undo."""

import pytest

from tests.kit.market import Market

FILE = (
    '# ours\n[[rule]]\nname = "say"\ntitle = "写反馈"\non = "feedback"\npoints = 10\n\n'
    '[[double]]\nname = "day"\ntitle = "会员日"\nmonth_days = [25]\nrules = ["say"]\n'
)
NEW = {"name": "rule-2", "title": "来打卡", "on": "checkin", "points": "5"}


@pytest.fixture
def ruled(market: Market) -> Market:
    market.writes("rewards.toml", FILE)
    return market


def draft(market: Market, **fields: str) -> str:
    return market.page("rewards", edit="rule", draft="1", **fields)


def stamp(page: str) -> str:
    return page.partition('name="stamp" value="')[2].partition('"')[0]


def written(market: Market) -> str:
    return (market.desk.content / "rewards.toml").read_text("utf-8")


def test_a_rule_is_looked_at_before_it_is_written(ruled: Market) -> None:
    shown = draft(ruled, **NEW)
    assert "打卡：5 分" in shown
    assert "写进文件" in shown
    assert written(ruled) == FILE

    said = ruled.operates("rewards", "keep-rule", stamp=stamp(shown), row="", **NEW)
    assert said.startswith("加上了 rule-2")
    assert written(ruled).startswith(FILE)
    assert ruled.problems() == []


def test_a_rule_is_changed_and_undone(ruled: Market) -> None:
    fields = {"title": "写下感受", "on": "feedback", "points": "20"}
    shown = draft(ruled, row="say", **fields)
    ruled.operates("rewards", "keep-rule", stamp=stamp(shown), row="say", **fields)
    assert written(ruled) == FILE.replace("写反馈", "写下感受").replace("10\n", "20\n")

    assert ruled.operates("rewards", "undo-rule").startswith("撤销了")
    assert written(ruled) == FILE
    assert ruled.operates("rewards", "undo-rule").startswith("✗")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"points": "-5"}, "“得多少积分”填得不对"),
        ({"points": "0"}, "没有填全"),
        ({"title": "转发朋友圈"}, "“会员看到的名字”不能奖励转发、分享"),
        ({"coupon": "gold"}, "“得什么券”填得不对"),
        ({"name": "say"}, "这个代号已经有了"),
        ({"name": "有字"}, "“代号”填得不对"),
    ],
)
def test_what_is_wrong_is_said_with_its_field_and_nothing_is_written(
    ruled: Market, fields: dict[str, str], said: str
) -> None:
    shown = draft(ruled, **NEW | fields)

    assert said in shown
    assert "写进文件" not in shown
    assert ruled.operates(
        "rewards", "keep-rule", stamp=stamp(draft(ruled, **NEW)), row="", **NEW | fields
    ).startswith("✗")
    assert written(ruled) == FILE


def test_what_another_row_needs_is_not_taken_out(ruled: Market) -> None:
    shown = ruled.page("rewards", edit="rule", row="say")
    said = ruled.operates("rewards", "drop-rule", stamp=stamp(shown), row="say")

    assert 'there is no rule "say"' in said
    assert written(ruled) == FILE


def test_what_somebody_changed_meanwhile_is_not_written_over(ruled: Market) -> None:
    seen = stamp(draft(ruled, **NEW))
    ruled.writes("rewards.toml", FILE + "# hers\n")

    assert ruled.operates("rewards", "keep-rule", stamp=seen, row="", **NEW).startswith("✗")
    assert written(ruled) == FILE + "# hers\n"


def test_a_double_day_is_taken_out_and_comes_back(ruled: Market) -> None:
    shown = ruled.page("rewards", edit="double", row="day")
    ruled.operates("rewards", "drop-double", stamp=stamp(shown), row="day")
    assert "[[double]]" not in written(ruled)
    ruled.operates("rewards", "undo-rule")
    assert written(ruled) == FILE


def test_what_a_member_typed_into_a_file_stays_words(ruled: Market) -> None:
    shown = draft(ruled, **NEW | {"title": '"><img src=x>\u202e🧵'})

    assert "<img" not in shown
    assert "写进文件" in shown

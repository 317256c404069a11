"""What operators see, try and undo."""

from datetime import date

import pytest

from bot.features import rewards
from bot.kernel.community import Community
from bot.kernel.events import FeedbackGiven
from bot.kernel.exporting import Asked
from tests.kit.market import Market

FILE = (
    '[[rule]]\nname = "say"\ntitle = "写反馈"\non = "feedback"\npoints = 10\n'
    'coupon = "cup"\nmost_points_a_day = 15\n'
    '[[rule]]\nname = "spend"\ntitle = "消费积分"\non = "order_paid"\npoints = 1\neach_yuan = 1\n'
    '[[double]]\nname = "day"\ntitle = "会员日"\nmonth_days = [25]\nrules = ["spend"]\n'
)


@pytest.fixture
def given(market: Market) -> Market:
    market.writes("rewards.toml", FILE)
    market.happens(FeedbackGiven(market.member("amei"), "salons:7"))
    return market


def test_the_page_tells_how_much_was_given_and_why(given: Market) -> None:
    shown = given.page("rewards", q="simulator:amei")
    assert "1 次 · 10 分" in shown
    assert "写反馈 <small>salons:7" in shown


def test_an_earning_is_undone_with_a_reason_once(given: Market) -> None:
    assert given.operates("rewards", "undo", earning="1").startswith("✗ 请写原因")
    assert given.operates("rewards", "undo", earning="1", why="刷的") == (
        "已撤销 10 分；她已经花掉的记为欠分。"
    )
    assert given.balance("amei") == 0
    assert [one.state for one in given.coupons("amei")] == ["revoked"]
    assert given.operates("rewards", "undo", earning="1", why="刷的").startswith("✗ 没有这笔")
    assert "已撤销" in given.page("rewards", q="simulator:amei")
    given.happens(FeedbackGiven(given.member("amei"), "salons:7"))
    assert given.balance("amei") == 0
    assert given.books() == []


@pytest.mark.parametrize("earning", ["", "0", "7", "-1", "一", "9" * 30])
def test_an_earning_that_is_not_there_is_said(given: Market, earning: str) -> None:
    assert given.operates("rewards", "undo", earning=earning, why="x").startswith("✗ 没有这笔")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"kind": "order_paid", "yuan": "88", "day": "2026-08-25"}, "176 分（会员日，×2）"),
        ({"kind": "order_paid", "yuan": "88", "day": "2026-08-26"}, "88 分<"),
        ({"kind": "order_paid", "yuan": "-5"}, "不发，金额不到一分"),
        ({"kind": "feedback"}, "5 分 和券 cup"),
        ({"kind": "ballot"}, "没有规则奖励这件事"),
    ],
)
def test_trying_says_what_would_happen_and_changes_nothing(
    given: Market, query: dict[str, str], said: str
) -> None:
    her = str(given.member("amei"))
    assert said in given.page("rewards", member=her, **query)
    assert given.store.count("deeds") == given.store.count("reward_earnings") == 1


def test_the_export_names_member_and_deed(given: Market) -> None:
    [export] = rewards.feature.exports
    asked = Asked(Community("拾光衣橱"))
    [row] = given.store.do(lambda uow: list(export.rows(uow, asked)))
    wanted = (1, "say", "写反馈", "simulator:amei", "2026-08-24", 10, 1, "given")
    assert row == (*wanted, "feedback:salons:7")


def test_the_figure_counts_a_day(given: Market) -> None:
    [figure] = rewards.feature.metrics
    assert given.store.do(figure.read) == 1
    given.store.clock.tick(days=2)
    assert given.store.do(figure.read) == 0
    assert date(2026, 8, 26) == given.store.clock.now().date()

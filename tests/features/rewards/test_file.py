"""Mistakes in `content/rewards.toml`, with their lines."""

import pytest

from tests.kit.market import Market

GOOD = '[[rule]]\nname = "spend"\ntitle = "消费积分"\non = "order_paid"\npoints = 1\n'
DOUBLE = '[[double]]\nname = "day"\ntitle = "会员日"\n'


@pytest.mark.parametrize(
    ("text", "line", "rule", "said"),
    [
        (GOOD + "pionts = 1\n", 6, "unknown-key", "pionts"),
        (GOOD.replace("points = 1", "points = -1"), 5, "bad-value", "0 or more"),
        (GOOD.replace("points = 1", "points = 1.5"), 5, "wrong-type", "a whole number"),
        (GOOD.replace("points = 1", "points = 999999999"), 5, "bad-value", "100000 or less"),
        (GOOD.replace("points = 1\n", ""), 2, "missing-key", "gives nothing"),
        (GOOD.replace("order_paid", "share"), 4, "bad-value", "share"),
        (GOOD.replace("消费积分", "分享到朋友圈"), 3, "share-for-reward", "分享到"),
        (GOOD.replace("消费积分", "邀请3位好友"), 3, "share-for-reward", "好友"),
        (GOOD + GOOD, 6, "duplicate-name", "spend"),
        (GOOD + 'only = ["tier:没有"]\n', 6, "unknown-tier", "没有"),
        (GOOD + 'only = ["nobody"]\n', 6, "bad-value", "nobody"),
        (GOOD + 'coupon = "gold"\n', 6, "bad-value", "no coupon"),
        (GOOD + "valid_from = 2026-02-30\n", 6, "bad-date", ""),
        (
            GOOD + "valid_from = 2026-03-02\nvalid_until = 2026-03-01\n",
            7,
            "bad-date",
            "is before",
        ),
        (GOOD.replace("order_paid", "ballot") + "each_yuan = 1\n", 6, "bad-value", "only orders"),
        (GOOD + "again = true\n", 6, "bad-value", "streak_days"),
        (GOOD + DOUBLE, 7, "missing-key", "on which days"),
        (GOOD + DOUBLE + 'month_days = [1]\nrules = ["x"]\n', 10, "bad-value", 'no rule "x"'),
        (GOOD + DOUBLE + "month_days = [32]\n", 9, "bad-value", "31 or less"),
    ],
)
def test_a_mistake_is_named_with_its_line(
    market: Market, text: str, line: int, rule: str, said: str
) -> None:
    market.writes("rewards.toml", text)
    [problem] = market.problems()
    assert problem.startswith(f"{line} {rule} ")
    assert said in problem


def test_the_page_shows_rules_and_mistakes(market: Market) -> None:
    assert "还没有规则" in market.page("rewards")
    market.writes("rewards.toml", GOOD + DOUBLE + "month_days = [24]\n")
    shown = market.page("rewards")
    assert "消费积分" in shown
    assert "每月 24 日" in shown
    assert ">今天<" in shown
    market.writes("rewards.toml", GOOD + "pionts = 1\n")
    assert "rewards.toml 第 6 行有不认识的键：" in market.page("rewards")

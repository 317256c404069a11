"""Ballots that cost points: paid with the ballot or not at all, given back when in vain."""

import pytest

from bot.commons import points
from bot.features.polls import service
from bot.kernel.ports import Groups
from bot.kernel.work import UnitOfWork
from tests.features.polls.conftest import ENDS, STYLES, Village

PRICED = STYLES + ENDS + "points = 20\n"


def agree(village: Village) -> None:
    """The books agree with themselves."""
    assert village.store.do(points.books_balance) == []


def test_a_ballot_is_paid_for_once(village: Village) -> None:
    village.writes(PRICED)
    village.has("amei", 50)
    assert "投一票用 20 积分" in village.says("amei", "投票")[0]
    assert village.says("amei", "投票 2") == [
        "投好了：美拉德。用了 20 积分，还有积分 30。截止前都可以改。"
    ]
    assert village.says("amei", "投票 1") == ["改好了：新中式。改票不再扣积分。"]
    assert village.balance("amei") == 30
    agree(village)


def test_who_cannot_pay_has_not_voted(village: Village) -> None:
    village.writes(PRICED)
    village.has("amei", 19)
    assert village.says("amei", "投票 2") == [
        "投这一票要 20 积分，你有积分 19，还差 1。打卡可以攒积分。"
    ]
    assert (village.counts(), village.balance("amei")) == ([0] * 4, 19)


def test_a_crash_between_paying_and_voting_leaves_neither(village: Village) -> None:
    village.writes(PRICED)
    village.has("amei", 50)

    def crash(uow: UnitOfWork) -> None:
        wish = service.Wish(her, 1, (2,), village.clock.now())
        with uow.attempt():
            service.cast(uow, Groups(), wish)
            raise RuntimeError("power cut")

    her = village.member("amei")
    with pytest.raises(RuntimeError):
        village.store.do(crash)
    assert (village.counts(), village.balance("amei")) == ([0] * 4, 50)
    agree(village)


@pytest.mark.parametrize(
    ("goal", "left", "said"), [(40, 30, "胜出：美拉德"), (41, 50, "积分已全部退回")]
)
def test_a_goal_that_is_missed_gives_everybody_hers_back(
    village: Village, goal: int, left: int, said: str
) -> None:
    village.writes(PRICED + f"goal_points = {goal}\n")
    for who in ("amei", "bea"):
        village.has(who, 50)
        village.says(who, "投票 2")
    village.waits(hours=35)
    assert [village.balance(who) for who in ("amei", "bea")] == [left, left]
    assert said in village.says("amei", "投票结果")[0]
    village.runs("polls.count")
    assert village.balance("amei") == left
    agree(village)


def test_more_than_a_bite_get_their_points_back(village: Village) -> None:
    village.writes(PRICED + "quorum = 1000\n")
    people = [f"m{number}" for number in range(205)]
    for who in people:
        village.has(who, 20)
        village.says(who, "投票 1")
    village.waits(hours=35)
    assert {village.balance(who) for who in people} == {20}
    assert village.poll().state == "closed"
    agree(village)


def test_what_an_operator_calls_off_is_given_back(village: Village) -> None:
    village.writes(PRICED)
    village.has("amei", 50)
    village.says("amei", "投票 2")
    assert village.operates("call-off", poll="1", why="进不到货").startswith("已取消")
    assert ("lin", "polls.called_off") in village.store.audited()
    village.runs("polls.count")
    assert village.balance("amei") == 50
    assert "已经结束" in village.says("amei", "投票 101 2")[0]
    assert "这次投票取消了，积分已退回。" in village.says("amei", "投票结果")[0]

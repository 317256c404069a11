"""Two members turn out to be one, vote again, and are two again: no point comes of nothing."""

import pytest

from tests.features.polls.conftest import ENDS, STYLES, Village
from tests.kit.lives import join, part

GOAL = "points = 6\ngoal_points = 1000\n"


@pytest.mark.parametrize("both_voted", [True, False], ids=["both voted", "only one voted"])
@pytest.mark.parametrize("counted", [True, False], ids=["counted between", "counted after"])
def test_what_a_ballot_has_cost_comes_back_once(
    village: Village, *, both_voted: bool, counted: bool
) -> None:
    village.writes(STYLES + ENDS + GOAL)
    for who in ("amei", "lily"):
        village.has(who, 10)
    amei, lily = village.member("amei"), village.member("lily")
    village.says("lily", "投票 1")
    if both_voted:
        village.says("amei", "投票 2")
    merge = village.store.do(lambda uow: join(uow, amei, lily))
    village.store.clock.tick(minutes=1)
    village.says("amei", "投票 3")
    if counted:
        village.waits(days=2)
    village.store.do(lambda uow: part(uow, merge))
    village.waits(days=2)
    assert village.balance("amei") + village.balance("lily") == 20

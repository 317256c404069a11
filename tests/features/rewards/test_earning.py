"""What deeds earn: once each, within caps, and gone again with a refund."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commons import points
from bot.commons.orders import Status
from bot.features import rewards
from bot.kernel.events import (
    BallotCast,
    CheckedIn,
    CheckInTakenBack,
    Event,
    FeedbackGiven,
    OrderPaid,
    SubmissionAccepted,
    SubmissionRejected,
)
from tests.kit.desk import Desk
from tests.kit.lives import join
from tests.kit.market import COUPONS, Market
from tests.kit.rooms import Store

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 8, 24)
ORDERS = (
    '[[rule]]\nname = "spend"\ntitle = "消费积分"\non = "order_paid"\npoints = 1\neach_yuan = 10\n'
)
FEEDBACK = '[[rule]]\nname = "say"\ntitle = "写反馈"\non = "feedback"\npoints = 10\n'
SEVEN = (
    '[[rule]]\nname = "seven"\ntitle = "七天早餐杯"\non = "order_paid"\n'
    'streak_days = 7\npoints = 50\ncoupon = "cup"\n'
)


def day(number: int) -> datetime:
    """Return noon of a day in Shanghai."""
    return datetime(2026, 8, 24, 12, tzinfo=SHANGHAI) + timedelta(days=number)


def test_without_a_file_nothing_is_kept_and_nothing_given(market: Market) -> None:
    market.happens(CheckedIn(market.member("amei"), MONDAY, 1))
    assert market.store.count("deeds") == 0


def test_a_ballot_is_rewarded_once_however_often_it_is_told(both: Market) -> None:
    both.writes(
        "rewards.toml", '[[rule]]\nname = "vote"\ntitle = "投票"\non = "ballot"\npoints = 3\n'
    )
    both.happens(BallotCast(both.member("amei"), 7), times=3)
    both.happens(BallotCast(both.member("amei"), 8))
    assert both.balance("amei") == 6
    assert both.books() == []


def test_every_whole_ten_yuan_bring_a_point(market: Market) -> None:
    market.writes("rewards.toml", ORDERS)
    market.buys("amei", "a", 9_999)
    market.buys("amei", "b", 999)
    assert market.balance("amei") == 9
    assert "消费积分" in market.page("rewards", q="simulator:amei")


def test_a_whole_refund_takes_all_and_what_is_spent_becomes_a_debt(both: Market) -> None:
    both.writes("rewards.toml", ORDERS)
    both.buys("amei", "a", 10_000)
    her = both.member("amei")
    with both.store.unit() as uow:
        points.spend(uow, her, 7, reason="gift", key="k")
    for _ in range(3):
        both.buys("amei", "a", 10_000, back_fen=10_000, status=Status.REFUNDED)
    standing = both.standing("amei")
    assert (standing.spendable, standing.debt) == (0, 7)
    both.buys("amei", "b", 10_000)
    standing = both.standing("amei")
    assert (standing.spendable, standing.debt) == (3, 0)
    assert both.books() == []


def test_part_refunds_leave_what_the_rest_is_worth(both: Market) -> None:
    both.writes("rewards.toml", ORDERS)
    both.buys("amei", "a", 10_000)
    both.buys("amei", "a", 10_000, back_fen=2_500)
    assert both.balance("amei") == 7
    both.buys("amei", "a", 10_000, back_fen=2_600)
    assert both.balance("amei") == 7
    both.buys("amei", "a", 10_000, back_fen=9_500)
    assert both.balance("amei") == 0
    both.buys("amei", "a", 10_000, status=Status.CANCELLED)
    assert both.balance("amei") == 0
    assert both.books() == []


def test_a_part_refund_never_gives_more_than_a_cap_left(market: Market) -> None:
    market.writes("rewards.toml", ORDERS + "most_points_a_day = 4\n")
    market.buys("amei", "a", 10_000)
    market.buys("amei", "a", 10_000, back_fen=3_000)
    assert market.balance("amei") == 4
    market.buys("amei", "a", 10_000, back_fen=8_000)
    assert market.balance("amei") == 2
    assert market.books() == []


def test_feedback_is_rewarded_once_and_up_to_the_cap_of_a_day(market: Market) -> None:
    market.writes("rewards.toml", FEEDBACK + "most_points_a_day = 25\n")
    her = market.member("amei")
    for number in range(5):
        market.happens(FeedbackGiven(her, f"salons:{number}"), times=3)
    assert market.balance("amei") == 25
    market.store.clock.tick(days=1)
    market.happens(FeedbackGiven(her, "salons:9"))
    assert market.balance("amei") == 35


def test_a_cap_of_the_week_begins_anew_on_monday(market: Market) -> None:
    rule = '[[rule]]\nname = "come"\ntitle = "打卡"\non = "checkin"\npoints = 5\n'
    market.writes("rewards.toml", rule + "most_points_a_week = 12\n")
    her = market.member("amei")
    for number in range(7):
        market.happens(CheckedIn(her, MONDAY + timedelta(number), number + 1))
    assert market.balance("amei") == 12
    market.happens(CheckedIn(her, MONDAY + timedelta(7), 8))
    assert market.balance("amei") == 17


def test_a_cooldown_is_by_the_time_of_the_deed_in_any_order(market: Market) -> None:
    rule = (
        '[[rule]]\nname = "v"\ntitle = "投票"\non = "ballot"\npoints = 1\ncooldown_minutes = 60\n'
    )
    market.writes("rewards.toml", rule)
    her, noon = market.member("amei"), day(0)
    for number, minutes in enumerate((60, 0, 119, 120, 30)):
        market.happens(BallotCast(her, number, noon + timedelta(minutes=minutes)))
    assert market.balance("amei") == 3


def test_only_whom_a_rule_is_for_is_rewarded(market: Market) -> None:
    market.writes("rewards.toml", FEEDBACK + 'only = ["tag:通勤"]\nmost_times = 1\n')
    market.tags("amei", "通勤")
    for who in ("amei", "lily"):
        market.happens(FeedbackGiven(market.member(who), f"a:{who}"))
        market.happens(FeedbackGiven(market.member(who), f"b:{who}"))
    assert (market.balance("amei"), market.balance("lily")) == (10, 0)


def test_a_rule_counts_on_its_last_day_and_not_after_it(market: Market) -> None:
    rule = ORDERS + "valid_from = 2026-08-25\nvalid_until = 2026-08-25\n"
    market.writes("rewards.toml", rule)
    first = datetime(2026, 8, 25, tzinfo=SHANGHAI)
    tick = timedelta(microseconds=1)
    for name, at in {
        "a": first - tick,
        "b": first,
        "c": first + timedelta(days=1) - tick,
        "d": first + timedelta(days=1),
    }.items():
        market.buys("amei", name, 1_000, at=at)
    assert market.balance("amei") == 2


def test_a_rejection_takes_back_what_a_submission_earned(market: Market) -> None:
    rule = '[[rule]]\nname = "post"\ntitle = "投稿"\non = "submission_accepted"\npoints = 20\n'
    market.writes("rewards.toml", rule)
    her = market.member("amei")
    market.happens(SubmissionAccepted(her, 3))
    market.happens(SubmissionRejected(her, 3), times=2)
    assert market.balance("amei") == 0
    assert market.books() == []


def buy_days(market: Market, days: list[int], prefix: str = "o") -> None:
    for number in days:
        market.buys("amei", f"{prefix}{number}", 1_000, at=day(number))


def test_seven_days_of_purchases_bring_one_cup_on_the_seventh(both: Market) -> None:
    both.writes("rewards.toml", SEVEN)
    buy_days(both, [0, 1, 2, 3, 4, 5])
    assert both.coupons("amei") == []
    for _ in range(3):
        buy_days(both, [6])
    assert (both.balance("amei"), len(both.coupons("amei"))) == (50, 1)
    buy_days(both, list(range(7, 15)))
    buy_days(both, [3], prefix="second")
    assert (both.balance("amei"), len(both.coupons("amei"))) == (50, 1)


@pytest.mark.parametrize(("again", "cups"), [("", 1), ("again = true\n", 2)])
def test_a_second_run_pays_again_only_if_the_rule_says_so(
    market: Market, again: str, cups: int
) -> None:
    market.writes("rewards.toml", SEVEN + again)
    buy_days(market, [*range(7), *range(8, 15)])
    assert len(market.coupons("amei")) == cups


def test_days_may_come_in_any_order_and_a_late_one_joins_no_third_cup(market: Market) -> None:
    market.writes("rewards.toml", SEVEN + "again = true\n")
    buy_days(market, [6, 0, 5, 1, 4, 2, 3])
    assert len(market.coupons("amei")) == 1
    buy_days(market, list(range(8, 15)))
    assert len(market.coupons("amei")) == 2
    buy_days(market, [7])
    assert len(market.coupons("amei")) == 2


def test_a_refund_that_breaks_the_run_takes_the_cup(both: Market) -> None:
    both.writes("rewards.toml", SEVEN)
    buy_days(both, list(range(7)))
    both.buys("amei", "o3", 1_000, back_fen=1_000, status=Status.REFUNDED, at=day(3))
    assert both.balance("amei") == 0
    assert [one.state for one in both.coupons("amei")] == ["revoked"]
    buy_days(both, [3], prefix="again")
    assert both.balance("amei") == 50
    assert both.books() == []


def test_a_refund_beside_the_run_takes_nothing(market: Market) -> None:
    market.writes("rewards.toml", SEVEN)
    buy_days(market, list(range(10)))
    buy_days(market, [3], prefix="second")
    for name, number in (("o9", 9), ("o3", 3)):
        market.buys("amei", name, 1_000, status=Status.CANCELLED, at=day(number))
    assert market.balance("amei") == 50


def test_who_comes_often_and_spends_little_gets_the_gift_and_others_do_not(market: Market) -> None:
    market.writes(
        "rewards.toml",
        '[[rule]]\nname = "gear"\ntitle = "装备升级礼包"\non = "checkin"\ncoupon = "cup"\n'
        "most_times = 1\nsegment = { days = 3, within_days = 30, aov_below_yuan = 50 }\n",
    )
    for who, fen in (("amei", 4_999), ("lily", 5_000), ("nana", 0)):
        if fen:
            market.buys(who, who, fen, at=day(0))
        for number in range(5):
            event = CheckedIn(market.member(who), MONDAY + timedelta(number), number + 1)
            market.happens(event)
    assert [len(market.coupons(who)) for who in ("amei", "lily", "nana")] == [1, 0, 0]


def test_what_happens_while_the_file_is_broken_is_judged_when_it_is_mended(both: Market) -> None:
    both.writes("rewards.toml", FEEDBACK.replace("points = 10", "points = -1"))
    both.happens(FeedbackGiven(both.member("amei"), "a:1"), times=3)
    both.runs("rewards.catch-up")
    assert both.balance("amei") == 0
    assert "不会漏" in both.page("rewards")
    both.writes("rewards.toml", FEEDBACK)
    for _ in range(2):
        both.runs("rewards.catch-up")
    assert both.balance("amei") == 10


def test_no_coupon_is_lost_while_the_kinds_are_broken(market: Market) -> None:
    market.writes("rewards.toml", FEEDBACK + 'coupon = "cup"\n')
    market.writes("coupons.toml", COUPONS.replace("face_fen = 3000", "face_fen = -1"))
    market.happens(FeedbackGiven(market.member("amei"), "a:1"))
    market.writes("coupons.toml", COUPONS)
    market.runs("rewards.catch-up")
    assert (market.balance("amei"), len(market.coupons("amei"))) == (10, 1)


def dies_after(market: Market, event: Event) -> None:
    with market.unit() as uow:
        uow.publish(event)
        market.tell_rooms(uow)
        raise RuntimeError


def test_nothing_stays_of_a_unit_that_dies_and_the_next_try_gives_all(both: Market) -> None:
    both.writes("rewards.toml", SEVEN.replace("streak_days = 7\n", ""))
    her = both.member("amei")
    both.happens(CheckedIn(her, MONDAY, 1))
    with pytest.raises(RuntimeError):
        dies_after(both, OrderPaid(1, her, day(0), 500))
    assert (both.balance("amei"), both.coupons("amei"), both.store.count("deeds")) == (0, [], 1)
    both.buys("amei", "a", 500)
    assert (both.balance("amei"), len(both.coupons("amei"))) == (50, 1)
    assert both.books() == []


@settings(max_examples=12, deadline=None)
@given(
    st.sets(st.integers(0, 27), min_size=8), st.booleans(), st.sets(st.integers(0, 27), max_size=3)
)
def test_runs_are_paid_as_they_are_counted_by_hand(
    tmp_path_factory: pytest.TempPathFactory,
    days: set[int],
    again: bool,  # noqa: FBT001 - hypothesis
    gone: set[int],
) -> None:
    folder = tmp_path_factory.mktemp("runs")
    store = Store(folder)
    market = Market(store, Desk(folder), [rewards.feature])
    market.writes("rewards.toml", SEVEN.replace("= 7", "= 3") + f"again = {str(again).lower()}\n")
    buy_days(market, sorted(days))
    assert market.balance("amei") == 50 * paid_runs(days, again=again)
    for number in sorted(gone & days):
        market.buys("amei", f"o{number}", 1_000, status=Status.CANCELLED, at=day(number))
        days.discard(number)
        assert market.balance("amei") == 50 * paid_runs(days, again=again)
    assert market.books() == []
    store.close()


def paid_runs(days: set[int], *, again: bool) -> int:
    """Return how many runs of three are paid, counted by hand."""
    starts = [first for first in days if first - 1 not in days]
    long = [first for first in starts if {first, first + 1, first + 2} <= days]
    return len(long) if again else min(len(long), 1)


def test_a_day_that_is_none_any_more_earns_nothing(both: Market) -> None:
    both.writes(
        "rewards.toml", '[[rule]]\nname = "day"\ntitle = "来过"\non = "checkin"\npoints = 4\n'
    )
    her = both.member("amei")
    for number in range(2):
        both.happens(CheckedIn(her, MONDAY + timedelta(number), number + 1))
    assert both.balance("amei") == 8
    both.happens(CheckInTakenBack(her, MONDAY), times=3)
    assert both.balance("amei") == 4
    assert both.books() == []


DAYS = (
    '[[rule]]\nname = "day"\ntitle = "来过"\non = "checkin"\npoints = 4\n'
    '[[rule]]\nname = "two"\ntitle = "两天"\non = "checkin"\nstreak_days = 2\npoints = 10\n'
)


def test_a_day_that_was_taken_back_and_is_made_up_counts_again(both: Market) -> None:
    both.writes("rewards.toml", DAYS)
    her = both.member("amei")
    for number in range(2):
        both.happens(CheckedIn(her, MONDAY + timedelta(number), number + 1))
    for _ in range(2):
        both.happens(CheckInTakenBack(her, MONDAY), times=2)
        assert both.balance("amei") == 4
        both.happens(CheckedIn(her, MONDAY, 2), times=2)
        assert both.balance("amei") == 18
    assert both.books() == []


def test_a_day_of_somebody_who_was_two_is_taken_back_from_both(both: Market) -> None:
    both.writes("rewards.toml", DAYS)
    amei, lily = both.member("amei"), both.member("lily")
    for her in (amei, lily):
        both.happens(CheckedIn(her, MONDAY, 1))
    both.happens(CheckedIn(lily, MONDAY + timedelta(1), 2))
    both.store.do(lambda uow: join(uow, amei, lily))
    both.happens(CheckInTakenBack(amei, MONDAY))
    assert both.balance("amei") == 4
    assert both.books() == []

"""What happens to deeds, awards, badges and cards of who leaves, or turns out to be another."""

from datetime import date, timedelta

import pytest

from bot.app.rooms import PERSONAL
from bot.commons import deeds, members
from bot.commons.orders import Item, Status
from bot.features import badges, rewards, stamps, titles
from bot.features.badges import service as granted
from bot.features.privacy import service as privacy
from bot.kernel.events import BallotCast, CheckedIn, FeedbackGiven
from bot.kernel.work import Statement
from tests.kit.desk import Desk
from tests.kit.market import Market
from tests.kit.rooms import Store

RULES = (
    '[[rule]]\nname = "spend"\ntitle = "消费"\non = "order_paid"\npoints = 1\neach_yuan = 1\n'
    '[[rule]]\nname = "say"\ntitle = "写反馈"\non = "feedback"\npoints = 5\nmost_points_a_day = 8\n'
)
BADGES = (
    '[[badge]]\ncode = "voter"\ntitle = "选品人"\non = "ballot"\ntimes = 2\n'
    '[[badge]]\ncode = "days"\ntitle = "常来"\non = "checkin"\ndays = 4\n'
)
CARD = (
    '[[card]]\nname = "five"\ntitle = "买五赠一"\ncups = 5\ncoupon = "cup"\ncategories = ["咖啡"]\n'
)
LATTE = [Item("latte", "拿铁", "咖啡", "", 3, 3_000)]


@pytest.fixture
def whole(store_on_both: Store, desk: Desk) -> Market:
    rooms = [rewards.feature, badges.feature, titles.feature, stamps.feature]
    market = Market(store_on_both, desk, rooms)
    market.writes("rewards.toml", RULES)
    market.writes("badges.toml", BADGES)
    market.writes("stamps.toml", CARD)
    return market


def lives(market: Market, who: str) -> None:
    market.buys(who, f"order-{who}", 9_000, items=LATTE)
    for poll in (1, 2):
        market.happens(BallotCast(market.member(who), poll))
    market.happens(FeedbackGiven(market.member(who), f"salons:{who}"))


def test_who_leaves_leaves_counts_and_nothing_comes_back(whole: Market) -> None:
    lives(whole, "amei")
    lives(whole, "lily")
    amei = whole.member("amei")
    told = str(whole.store.do(lambda uow: privacy.export(uow, PERSONAL, amei)))
    assert "选品人" in told
    whole.store.do(lambda uow: privacy.erase(uow, PERSONAL, amei))
    counts = [whole.store.count(name) for name in ("deeds", "badge_grants", "stamps")]
    assert counts == [4, 1, 1]
    assert whole.store.count("reward_earnings") == 4
    nobody = Statement("SELECT ledger_key, coupon_key FROM reward_earnings WHERE member_id IS NULL")
    assert [tuple(row) for row in whole.store.do(lambda uow: uow.run(nobody))] == [("", "")] * 2
    whole.happens(FeedbackGiven(amei, "salons:late"))
    whole.buys("lily", "order-lily", 9_000, status=Status.CANCELLED, items=LATTE)
    assert (whole.balance("lily"), whole.books()) == (5, [])


def test_two_who_are_one_have_both_and_can_be_parted(whole: Market) -> None:
    lives(whole, "amei")
    lives(whole, "lily")
    for who, first in (("amei", 0), ("lily", 1)):
        for number in range(first, first + 3):
            day = date(2026, 8, 24) + timedelta(number)
            whole.happens(CheckedIn(whole.member(who), day, 1))
    amei, lily = whole.member("amei"), whole.member("lily")
    with whole.store.unit() as uow:
        merged = members.merge(
            uow, PERSONAL, lily, amei, how=members.How.OPERATOR, who="lin", why="同一个人"
        )
    whole.happens(FeedbackGiven(amei, "salons:more"))
    assert whole.balance("amei") == 2 * 90 + 2 * 5
    whole.happens(CheckedIn(amei, date(2026, 8, 28), 1))
    codes = {one.code for one in whole.store.do(lambda uow: granted.grants_of(uow, amei))}
    assert codes == {"voter", "days"}
    days = whole.store.do(lambda uow: deeds.days_of(uow, amei, "checkin"))
    assert len(days) == 5
    with whole.store.unit() as uow:
        members.undo(uow, PERSONAL, merged.id, who="lin", why="不是")
    assert [one.code for one in whole.store.do(lambda uow: granted.grants_of(uow, lily))] == [
        "voter"
    ]
    whole.buys("lily", "order-lily", 9_000, status=Status.CANCELLED, items=LATTE)
    assert whole.books() == []

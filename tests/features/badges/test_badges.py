"""Badges: granted once, with evidence; told once a day; never taken back by themselves."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commons import orders, outreach
from bot.commons.deeds import first_run, longest_run
from bot.commons.orders import Order, Status
from bot.commons.profiles import Ref
from bot.features.badges import service
from bot.features.badges.service import Grant
from bot.kernel.events import BallotCast, CheckedIn, SalonAttended
from tests.kit.lives import join, part
from tests.kit.market import Market
from tests.kit.talk import CHANNEL

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 8, 24)
VOTER = '[[badge]]\ncode = "voter"\ntitle = "选品人"\non = "ballot"\ntimes = 3\n'
EARLY = '[[badge]]\ncode = "early"\ntitle = "常来"\non = "checkin"\ndays = 3\n'
WEEK = '[[badge]]\ncode = "week"\ntitle = "七日"\non = "order_paid"\nstreak_days = 7\n'
SPEND = '[[rule]]\nname = "spend"\ntitle = "消费"\non = "order_paid"\npoints = 1\neach_yuan = 1\n'
PASSPORT = (
    '[[badge]]\ncode = "passport"\ntitle = "灵感护照"\n'
    'of = ["ballot", "salon_attended", "checkin", "badge:voter"]\nat_least = 3\n'
)


def grants(market: Market, who: str = "amei") -> list[Grant]:
    her = market.member(who)
    return market.store.do(lambda uow: service.grants_of(uow, her))


def votes(market: Market, *polls: int, who: str = "amei") -> None:
    for poll in polls:
        market.happens(BallotCast(market.member(who), poll), times=2)


def test_a_badge_is_granted_with_the_deeds_that_show_why_and_once(both: Market) -> None:
    both.writes("badges.toml", VOTER)
    votes(both, 1, 2)
    assert grants(both) == []
    votes(both, 3)
    votes(both, 4, 5)
    [grant] = grants(both)
    assert len(grant.evidence) == 3
    assert grant.evidence[0] == 1
    assert both.store.count("badge_grants") == 1


def test_days_count_once_each(market: Market) -> None:
    market.writes("badges.toml", EARLY)
    her = market.member("amei")
    for number in (0, 0, 1):
        market.happens(CheckedIn(her, MONDAY + timedelta(number), 1))
    assert grants(market) == []
    market.happens(CheckedIn(her, MONDAY + timedelta(5), 1))
    assert [each.code for each in grants(market)] == ["early"]


def test_seven_days_of_purchases_in_a_row(market: Market) -> None:
    market.writes("badges.toml", WEEK)
    noon = datetime(2026, 8, 24, 12, tzinfo=SHANGHAI)
    for number in (0, 1, 2, 4, 5, 6):
        market.buys("amei", f"o{number}", 500, at=noon + timedelta(days=number))
    assert grants(market) == []
    market.buys("amei", "o3", 500, at=noon + timedelta(days=3))
    [grant] = grants(market)
    assert len(grant.evidence) == 7
    market.buys("amei", "o3", 500, status=Status.CANCELLED, at=noon + timedelta(days=3))
    assert [each.is_revoked for each in grants(market)] == [False]


def test_a_collection_takes_deeds_and_other_badges(market: Market) -> None:
    market.writes("badges.toml", VOTER + PASSPORT)
    market.happens(SalonAttended(market.member("amei"), 4))
    votes(market, 1, 2)
    assert grants(market) == []
    votes(market, 3)
    assert [each.code for each in grants(market)] == ["voter", "passport"]


def test_a_new_badge_looks_at_everybody_and_tells_nobody(both: Market) -> None:
    both.writes("badges.toml", EARLY)
    for number in range(120):
        votes(both, *range(3 if number % 2 else 2), who=f"m{number}")
    both.buys("m0", "old", 500)
    both.writes("badges.toml", VOTER + WEEK.replace("streak_days = 7", "times = 1"))
    for _ in range(2):
        both.runs("badges.backfill")
    both.runs("badges.tell")
    assert both.store.count("badge_grants") == 61
    assert both.store.count("letters") == 0
    assert "已看过所有会员，补发 60 枚" in both.page("badges")


def test_orders_from_before_the_files_count(market: Market) -> None:
    market.buys("amei", "old", 500)
    assert market.store.count("deeds") == 0
    market.writes("badges.toml", WEEK.replace("streak_days = 7", "times = 1"))
    market.runs("badges.backfill")
    assert len(grants(market)) == 1


def test_an_order_that_a_badge_has_seen_still_earns_when_rooms_hear_of_it(market: Market) -> None:
    market.member("amei")
    ref = Ref(CHANNEL, "amei")
    order = Order("pos", "a", ref, market.store.clock.now(), 500)
    market.store.do(lambda uow: orders.record(uow, order))
    market.writes("badges.toml", WEEK.replace("streak_days = 7", "times = 1"))
    market.writes("rewards.toml", SPEND)
    market.runs("badges.backfill")
    assert (len(grants(market)), market.balance("amei")) == (1, 0)
    market.buys("amei", "a", 500, at=market.store.clock.now())
    assert market.balance("amei") == 5


def test_what_was_done_before_since_does_not_count(market: Market) -> None:
    market.writes("badges.toml", EARLY + "since = 2026-08-25\n")
    her = market.member("amei")
    for number in range(3):
        market.happens(CheckedIn(her, MONDAY + timedelta(number), 1))
    assert grants(market) == []
    market.happens(CheckedIn(her, MONDAY + timedelta(3), 1))
    assert len(grants(market)) == 1


def test_what_is_done_while_the_file_is_broken_is_seen_when_it_is_mended(market: Market) -> None:
    market.writes("badges.toml", VOTER)
    market.runs("badges.backfill")
    market.writes("badges.toml", VOTER + "timse = 1\n")
    votes(market, 1, 2, 3)
    market.runs("badges.backfill")
    assert grants(market) == []
    market.writes("badges.toml", VOTER)
    market.runs("badges.backfill")
    assert len(grants(market)) == 1


def test_a_revoked_badge_stays_away_and_can_be_given_back(market: Market) -> None:
    market.writes("badges.toml", VOTER)
    votes(market, 1, 2, 3)
    assert market.operates("badges", "change", grant="1").startswith("✗ 请写原因")
    assert "已收回“选品人”" in market.operates("badges", "change", grant="1", why="刷票")
    votes(market, 4)
    market.runs("badges.backfill")
    assert [each.is_revoked for each in grants(market)] == [True]
    assert "还没有勋章" in market.says("amei", "我的勋章")[0]
    again = {"grant": "1", "why": "查清了", "way": "restore"}
    assert "已还给她“选品人”" in market.operates("badges", "change", **again)
    assert market.operates("badges", "change", **again).startswith("✗ 没有这枚")
    assert "选品人" in market.says("amei", "我的勋章")[0]


def test_a_badge_may_bring_a_coupon_once(market: Market) -> None:
    market.writes("badges.toml", VOTER + 'coupon = "cup"\n')
    votes(market, 1, 2, 3, 4)
    assert len(market.coupons("amei")) == 1


@pytest.mark.parametrize("typed", ["我的勋章", "勳章", "我的勋章！", "徽章", " 我的 勋章 "])
def test_what_she_has_and_what_comes_next(market: Market, typed: str) -> None:
    market.writes("badges.toml", VOTER + EARLY)
    votes(market, 1, 2, 3)
    (said,) = market.says("amei", typed)
    assert said.startswith("勋章 1 枚\n🏅 选品人（2026-08-24）\n下一枚：🏅 常来 0/3\n")
    assert "/m/badges/mine/" in said


def test_a_group_hears_the_short_form(market: Market) -> None:
    market.writes("badges.toml", VOTER)
    assert market.says("amei", "我的勋章", group="vip-1") == [
        "勋章在等你。详细的请私聊我发“我的勋章”。"
    ]


def test_nobody_is_told_of_what_she_has_seen(market: Market) -> None:
    market.writes("badges.toml", VOTER)
    votes(market, 1, 2, 3)
    her = market.member("amei")
    assert list(market.store.do(lambda uow: service.untold_of(uow, her))) == ["选品人"]
    market.says("amei", "我的勋章")
    assert list(market.store.do(lambda uow: service.untold_of(uow, her))) == []
    market.runs("badges.tell")
    assert market.store.do(lambda uow: outreach.unreached(uow, most=5)) == []


def test_her_page_shows_badges_progress_and_only_her_own_pictures(market: Market) -> None:
    market.writes("badges.toml", VOTER + EARLY)
    votes(market, 1, 2, 3)
    shown = market.member_page("badges", "amei")
    assert "/m/badges/x/files/1" in shown
    assert "0/3" in shown
    [page] = [page for room in market.rooms for page in room.member_pages]
    give = page.files
    assert give is not None
    amei, lily = market.member("amei"), market.member("lily")
    with market.store.unit() as uow:
        found = [give(uow, market.tools, who, n) for who, n in ((amei, 1), (lily, 1), (amei, 2))]
    assert [one is not None for one in found] == [True, False, False]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (VOTER + VOTER, "6 duplicate-name"),
        (VOTER.replace("times = 3", "times = 0"), "5 bad-value"),
        (VOTER + "days = 3\n", "2 missing-key"),
        (VOTER.replace('on = "ballot"\n', ""), "2 missing-key"),
        (PASSPORT, '4 bad-value "badge:voter" is no deed'),
        (PASSPORT.replace("at_least = 3", "at_least = 9"), "5 bad-value"),
        (VOTER.replace("选品人", "转发达人"), "3 share-for-reward"),
        (VOTER + 'coupon = "gold"\n', "6 bad-value"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_line(market: Market, text: str, said: str) -> None:
    market.writes("badges.toml", text)
    [problem] = market.problems()
    assert problem.startswith(said)


def test_the_page_says_in_a_word_what_is_wrong(market: Market) -> None:
    market.writes("badges.toml", VOTER.replace("times = 3", "times = 0"))
    assert "badges.toml 第 5 行填得不对：" in market.page("badges")


@given(st.sets(st.integers(0, 40)), st.integers(2, 6))
def test_runs_are_those_that_are_counted_by_hand(numbers: set[int], length: int) -> None:
    days = [MONDAY + timedelta(each) for each in sorted(numbers)]
    starts = [each for each in sorted(numbers) if {*range(each, each + length)} <= numbers]
    wanted = [MONDAY + timedelta(starts[0] + n) for n in range(length)] if starts else []
    assert list(first_run(days, length)) == wanted
    assert (longest_run(days) >= length) == bool(starts)


def test_badges_go_back_with_their_deeds_and_nobody_is_told_twice(both: Market) -> None:
    both.writes("badges.toml", VOTER)
    amei, lily = both.member("amei"), both.member("lily")
    votes(both, 1, 2, 3, who="lily")
    merge = both.store.do(lambda uow: join(uow, amei, lily))
    both.store.do(lambda uow: service.seen(uow, amei))
    both.store.do(lambda uow: part(uow, merge))
    assert grants(both) == []
    assert [grant.code for grant in grants(both, "lily")] == ["voter"]
    assert list(both.store.do(lambda uow: service.untold(uow, most=9))) == []

"""Days that are given, taken back and given again; days that are made up; challenges won."""

from datetime import date, timedelta

from bot.commons.checkins import service
from bot.commons.checkins.rules import CheckinSettings
from bot.features import makeups
from bot.features.makeups import amnesty, makeup
from bot.features.makeups.amnesty import Outage
from bot.features.makeups.makeup import Wish
from bot.kernel.events import ChallengeWon, CheckedIn, CheckInTakenBack, CheckinWay
from bot.kernel.ports import CheckinDays
from bot.kernel.work import UnitOfWork
from tests.kit.market import Market

MONDAY = date(2026, 8, 24)
SUNDAY = MONDAY - timedelta(1)
DAY = '[[rule]]\nname = "day"\ntitle = "来过"\non = "checkin"\npoints = 4\n'
THREE = '[[rule]]\nname = "three"\ntitle = "三天"\non = "checkin"\npoints = 50\nstreak_days = 3\n'
SETTINGS = CheckinSettings(base_points=0, bonus_points=0, makeup_points=5)


def test_a_day_given_again_earns_again_exactly_once(both: Market) -> None:
    both.writes("rewards.toml", DAY)
    her = both.member("amei")
    for _ in range(3):
        both.happens(CheckedIn(her, MONDAY, 1, CheckinWay.AMNESTY), times=3)
        assert both.balance("amei") == 4
        both.happens(CheckInTakenBack(her, MONDAY), times=3)
        assert both.balance("amei") == 0
    assert both.store.count("point_entries") == 6
    assert both.books() == []


def test_caps_count_a_day_that_was_given_twice_once(market: Market) -> None:
    market.writes("rewards.toml", DAY + "most_times = 1\n")
    her = market.member("amei")
    for event in (CheckedIn(her, MONDAY, 1), CheckInTakenBack(her, MONDAY)) * 2:
        market.happens(event)
    market.happens(CheckedIn(her, SUNDAY, 1), times=2)
    market.happens(CheckedIn(her, MONDAY, 1))
    assert market.balance("amei") == 4


def test_a_run_is_paid_again_when_its_day_is_given_again(market: Market) -> None:
    market.writes("rewards.toml", THREE)
    her = market.member("amei")
    for number in range(3):
        market.happens(CheckedIn(her, MONDAY + timedelta(number), number + 1))
    market.happens(CheckInTakenBack(her, MONDAY + timedelta(1)))
    assert market.balance("amei") == 0
    market.happens(CheckedIn(her, MONDAY + timedelta(1), 2), times=2)
    assert market.balance("amei") == 50
    assert market.books() == []


def make_up(market: Market, day: date) -> None:
    """Let her make a day up as the room does; its days are known to the others."""
    her, at = market.member("amei"), market.store.clock.now()
    with market.unit() as uow:
        wish = Wish(her, day, MONDAY, day)
        makeup.make_up(uow, wish, at, SETTINGS)


def comes(market: Market, *days: date) -> None:
    her, at = market.member("amei"), market.store.clock.now()
    for day in days:
        with market.unit() as uow:
            service.check_in(uow, her, day, at, SETTINGS)


def test_a_day_made_up_earns_nothing_but_what_the_run_brings(both: Market) -> None:
    both.tools.add(CheckinDays, makeups.days_of)
    both.writes("rewards.toml", DAY)
    comes(both, SUNDAY - timedelta(1), MONDAY)
    assert both.balance("amei") == 8
    both.writes("rewards.toml", DAY + THREE)
    make_up(both, SUNDAY)
    assert both.balance("amei") == 8 - 5 + 50
    assert "补签" in both.page("rewards", member="1", kind="checkin", day=SUNDAY.isoformat())


def test_a_day_made_up_while_the_file_is_broken_is_none_that_earns(market: Market) -> None:
    market.tools.add(CheckinDays, makeups.days_of)
    market.writes("rewards.toml", DAY)
    comes(market, SUNDAY - timedelta(1), MONDAY)
    market.writes("rewards.toml", DAY.replace("4", "-4"))
    make_up(market, SUNDAY)
    market.writes("rewards.toml", DAY)
    market.runs("rewards.catch-up")
    assert market.balance("amei") == 8 - 5


def test_days_of_an_outage_earn_like_days_and_go_with_them(both: Market) -> None:
    both.tools.add(CheckinDays, makeups.days_of)
    both.writes("rewards.toml", DAY)
    comes(both, SUNDAY - timedelta(1))
    outage = Outage(SUNDAY, SUNDAY)

    def goes_on(change: object) -> None:
        with both.unit() as uow:
            assert callable(change)
            change(uow)
            while amnesty.go_on(uow, SETTINGS):
                pass

    def give(uow: UnitOfWork) -> None:
        amnesty.grant(uow, outage, MONDAY, who="lin", why="停机")

    def take(uow: UnitOfWork) -> None:
        amnesty.undo(uow, amnesty.latest(uow, most=1)[0].id, who="lin", why="弄错")

    for change, points in ((give, 8), (take, 4), (give, 8), (take, 4)):
        goes_on(change)
        assert both.balance("amei") == points
    assert both.books() == []


def test_who_wins_a_challenge_earns_once_what_a_rule_says(market: Market) -> None:
    rule = '[[rule]]\nname = "won"\ntitle = "夺冠"\non = "challenge_won"\npoints = 100\n'
    market.writes("rewards.toml", rule)
    market.happens(ChallengeWon(market.member("amei"), 3, "早起", ""), times=3)
    assert market.balance("amei") == 100
    assert "挑战获胜" in market.page("rewards", q="simulator:amei")

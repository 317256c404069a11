"""Double days: inside the window only, to its last microsecond by local clocks."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commons import profiles
from bot.features.rewards.lunar import lunar_of
from bot.features.rewards.matter import Double, Rule
from bot.features.rewards.rules import Born, doubles_of, factor, is_birthday, is_double, worth
from bot.kernel.community import Community
from bot.kernel.events import BallotCast, CheckedIn
from tests.kit.market import Market

SHANGHAI = ZoneInfo("Asia/Shanghai")
TICK = timedelta(microseconds=1)
RULE = Rule.model_validate({"name": "r", "title": "消费", "on": "order_paid", "points": 1})
TUESDAY = Double.model_validate({"name": "d", "title": "会员日", "weekdays": ["tuesday"]})
BIRTHDAY = Double.model_validate({"name": "b", "title": "生日", "birthday": True})
FILE = (
    '[[rule]]\nname = "spend"\ntitle = "消费积分"\non = "order_paid"\npoints = 1\neach_yuan = 1\n'
    "{more}"
    '[[double]]\nname = "day"\ntitle = "会员日"\nmonth_days = [25]\n'
    '[[double]]\nname = "birthday"\ntitle = "生日"\nbirthday = true\n'
)


def test_an_order_counts_by_when_it_was_paid_to_the_last_microsecond(market: Market) -> None:
    market.writes("rewards.toml", FILE.format(more=""))
    begins = datetime(2026, 8, 25, tzinfo=SHANGHAI)
    ends = begins + timedelta(days=1)
    for number, (at, points) in enumerate(
        ((begins - TICK, 1), (begins, 2), (ends - TICK, 2), (ends, 1))
    ):
        market.buys(f"m{number}", f"o{number}", 100, at=at)
        assert market.balance(f"m{number}") == points


@pytest.mark.parametrize(("more", "points"), [("", 2), ('doubles = "multiply"\n', 4)])
def test_a_birthday_on_a_double_day_is_two_unless_the_rule_says_four(
    market: Market, more: str, points: int
) -> None:
    market.writes("rewards.toml", FILE.format(more=more))
    her = market.member("amei")
    with market.store.unit() as uow:
        profiles.keep_profile(uow, her, profiles.Profile(birthday=date(1990, 8, 25)))
    market.buys("amei", "a", 100, at=datetime(2026, 8, 25, 23, 59, 59, 999_999, tzinfo=SHANGHAI))
    assert market.balance("amei") == points
    market.buys("amei", "a", 100, back_fen=100, at=datetime(2026, 8, 25, 23, tzinfo=SHANGHAI))
    assert market.balance("amei") == 0


def test_a_rule_that_never_doubles_does_not(market: Market) -> None:
    market.writes("rewards.toml", FILE.format(more='doubles = "never"\n'))
    market.buys("amei", "a", 100, at=datetime(2026, 8, 25, tzinfo=SHANGHAI))
    assert market.balance("amei") == 1


def test_a_check_in_counts_for_its_day_and_a_ballot_for_when_it_was_sent(market: Market) -> None:
    rule = '[[rule]]\nname = "{0}"\ntitle = "参与"\non = "{0}"\npoints = 1\n'
    days = '[[double]]\nname = "day"\ntitle = "会员日"\nmonth_days = [24]\n'
    market.writes("rewards.toml", rule.format("checkin") + rule.format("ballot") + days)
    her, last = market.member("amei"), datetime(2026, 8, 24, 15, 59, 59, 999_999, tzinfo=UTC)
    market.store.clock.at = last + timedelta(minutes=6)
    market.happens(CheckedIn(her, date(2026, 8, 24), 1))
    market.happens(BallotCast(her, 1, last))
    assert market.balance("amei") == 4
    market.happens(BallotCast(her, 2, last + TICK))
    assert market.balance("amei") == 5


@given(st.datetimes(timezones=st.just(SHANGHAI), allow_imaginary=False))
def test_a_weekday_is_double_from_its_first_microsecond_to_its_last(at: datetime) -> None:
    day = Community("拾光衣橱").day_of(at.astimezone(UTC) if at.year > 1 else at)
    assert is_double(TUESDAY, day, birthday=False) == (at.isoweekday() == 2)


@given(
    day=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    birthday=st.booleans(),
    how=st.sampled_from(["once", "multiply", "never"]),
)
def test_the_factor_is_what_the_words_say(day: date, *, birthday: bool, how: str) -> None:
    rule = RULE.model_copy(update={"doubles": how})
    found = doubles_of(rule, [TUESDAY, BIRTHDAY], day, birthday=birthday)
    both = int(day.isoweekday() == 2) + int(birthday)
    wanted = 1 if how == "never" or not both else 2 if how == "once" else 2**both
    assert factor(rule, found) == wanted


@given(st.integers(0, 10**14), st.integers(1, 10**6), st.integers(1, 1000))
def test_no_amount_is_worth_a_fortune_and_less_is_never_worth_more(
    amount: int, each: int, points: int
) -> None:
    assert 0 <= worth(points, each, amount) <= 1_000_000
    assert worth(points, each, amount // 2) <= worth(points, each, amount)


@pytest.mark.parametrize(
    ("born", "day", "is_hers"),
    [
        (Born(date(2000, 2, 29)), date(2028, 2, 29), True),
        (Born(date(2000, 2, 29)), date(2028, 2, 28), False),
        (Born(date(2000, 2, 29)), date(2026, 2, 28), True),
        (Born(date(2000, 2, 29)), date(2026, 3, 1), False),
        (Born(date(2000, 2, 28)), date(2026, 2, 28), True),
        (Born(lunar="08-15"), date(2026, 9, 25), True),  # 中秋 2026
        (Born(lunar="08-15"), date(2026, 9, 24), False),
        (Born(lunar="06-04"), date(2025, 6, 28), True),
        (Born(lunar="06-04"), date(2025, 7, 28), False),  # the leap sixth month of 2025
        (Born(lunar="12-30"), date(2026, 2, 16), True),  # that month ends with its 29th
        (Born(lunar="01-01"), date(2026, 2, 17), True),
        (Born(date(1990, 8, 25), "08-15"), date(2026, 8, 25), False),
        (Born(), date(2026, 8, 25), False),
    ],
)
def test_birthdays(born: Born, day: date, *, is_hers: bool) -> None:
    assert is_birthday(born, day, lunar_of) is is_hers


@pytest.mark.parametrize("lunar", ["01-30", "04-30", "08-15", "12-29", "12-30", "06-30"])
def test_a_lunar_birthday_comes_once_in_a_lunar_year(lunar: str) -> None:
    days = [date(2023, 2, 1) + timedelta(number) for number in range(365 * 8)]
    found = [day for day in days if is_birthday(Born(lunar=lunar), day, lunar_of)]
    assert len(found) in {7, 8}
    gaps = [(after - before).days for before, after in pairwise(found)]
    assert all(353 <= gap <= 385 for gap in gaps)

"""The formula: table cases of what follows from what, and what must hold for all facts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commons import orders
from bot.commons.orders import KeptOrder, Status
from bot.features.recall.rules import (
    Facts,
    Figures,
    Line,
    Purchase,
    RecallSettings,
    Said,
    Type,
    figures,
    lapsed_before,
    last_day,
    type_of,
)
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement
from tests.kit.rooms import Store

NOON = datetime(2026, 8, 24, 4, tzinfo=UTC)
SETTINGS = RecallSettings()
REDUCED, FULL, DEAR = Line(1, 2_000, 3_000), Line(1, 3_000, 3_000), Line(1, 90_000, 90_000)
UNKNOWN, GIFT = Line(1, 2_000, 0), Line(1, 0, 3_000)


def order(*lines: Line, ago: float = 90, **more: bool) -> Purchase:
    return Purchase(NOON - timedelta(days=ago), lines, **more)


def goods(ago: float) -> Said:
    return Said(NOON - timedelta(days=ago), is_about_goods=True)


def service(ago: float) -> Said:
    return Said(NOON - timedelta(days=ago), is_about_goods=False)


def verdict(facts: Facts) -> Type:
    return type_of(figures(facts), SETTINGS)


@pytest.mark.parametrize(
    ("facts", "type_"),
    [
        (Facts(), Type.UNKNOWN),
        (Facts([order(REDUCED, REDUCED), order(FULL)]), Type.PRICE),
        (Facts([order(REDUCED, FULL), order(REDUCED, FULL)]), Type.PRICE),
        (Facts([order(REDUCED), order(FULL, FULL)]), Type.UNKNOWN),  # a third
        (Facts([order(REDUCED, REDUCED, REDUCED)]), Type.UNKNOWN),  # one order
        (Facts([order(REDUCED), order(REDUCED)]), Type.UNKNOWN),  # two items
        (Facts([order(UNKNOWN, UNKNOWN), order(UNKNOWN, has_coupon=True)]), Type.UNKNOWN),
        (Facts([order(UNKNOWN, UNKNOWN, has_coupon=True), order(FULL)]), Type.PRICE),
        (Facts([order(REDUCED, REDUCED, counts=False), order(FULL)]), Type.UNKNOWN),
        (Facts([order(GIFT, GIFT), order(REDUCED)]), Type.UNKNOWN),
        (Facts([order(DEAR, DEAR), order(FULL)], median_fen=20_000), Type.QUALITY),
        (Facts([order(DEAR, DEAR), order(FULL)]), Type.UNKNOWN),  # no product file
        (Facts([order(DEAR, DEAR), order(REDUCED, REDUCED)], median_fen=20_000), Type.UNKNOWN),
        (Facts([order(DEAR, DEAR, has_coupon=True), order(DEAR)], median_fen=9), Type.PRICE),
        (Facts(said=[goods(5), goods(9)]), Type.QUALITY),
        (Facts(said=[goods(5)]), Type.UNKNOWN),
        (Facts([order(FULL, ago=20, went_back=True)], [goods(5)]), Type.QUALITY),
        (Facts([order(FULL, ago=20)], [goods(5)]), Type.UNKNOWN),  # she has kept it
        (Facts([order(FULL, ago=36, went_back=True)], [goods(5)]), Type.UNKNOWN),  # too late
        (Facts([order(FULL, ago=4, went_back=True)], [goods(5)]), Type.UNKNOWN),  # before it
        (Facts(low_scores=2), Type.SERVICE),
        (Facts(low_scores=1, humans=1), Type.SERVICE),
        (Facts(said=[service(5)], low_scores=1), Type.SERVICE),
        (Facts(humans=1), Type.UNKNOWN),
        (Facts(complaints=[goods(5).at], said=[goods(5)]), Type.UNKNOWN),  # about goods: once
        (Facts(complaints=[goods(5).at, goods(6).at], said=[goods(5), goods(6)]), Type.QUALITY),
        (Facts(complaints=[service(5).at], said=[service(5)]), Type.UNKNOWN),  # the same words
        (Facts(complaints=[service(5).at, NOON]), Type.SERVICE),
        (Facts([order(REDUCED, REDUCED), order(REDUCED)], low_scores=2), Type.SERVICE),
        (Facts(said=[goods(5), goods(6), service(7), service(8)]), Type.SERVICE),
        (Facts([order(REDUCED, REDUCED), order(REDUCED)], [goods(1), goods(2)]), Type.QUALITY),
    ],
)
def test_what_follows_from_what(facts: Facts, type_: Type) -> None:
    assert verdict(facts) is type_


def test_the_example_of_the_documentation() -> None:
    found = figures(
        Facts([order(REDUCED, FULL), order(Line(2, 40_000, 50_000), DEAR)], median_fen=20_000)
    )
    assert (found.orders, found.items, found.reduced, found.fine) == (2, 5, 3, 1)
    assert (found.reduced_percent, found.fine_percent) == (60, 20)
    assert type_of(found, SETTINGS) is Type.PRICE


def test_a_hundred_pairs_of_socks_say_no_more_than_ten() -> None:
    assert figures(Facts([order(Line(100, 1, 2), Line(-5, 1, 2))])).items == 10


LINES = st.sampled_from([REDUCED, FULL, DEAR, UNKNOWN, GIFT, Line(3, 1_000, 3_000)])
PURCHASES = st.builds(
    lambda lines, ago, coupon, back: order(
        *lines, ago=ago, has_coupon=coupon, went_back=back, counts=not back
    ),
    st.lists(LINES, max_size=4),
    st.integers(1, 300),
    st.booleans(),
    st.booleans(),
)
SAID = st.builds(
    lambda ago, about: Said(NOON - timedelta(days=ago), about), st.integers(1, 300), st.booleans()
)
FACTS = st.builds(
    Facts,
    st.lists(PURCHASES, max_size=5),
    st.lists(SAID, max_size=3),
    st.integers(0, 1),
    st.lists(st.integers(1, 300).map(lambda ago: NOON - timedelta(days=ago)), max_size=2),
    st.integers(0, 1),
    st.just(20_000),
)


@given(FACTS, st.integers(0, 2**32))
def test_in_which_order_it_is_told_does_not_matter(facts: Facts, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - a test
    bought, said = list(facts.purchases), list(facts.said)
    chance.shuffle(bought)
    chance.shuffle(said)
    other = replace(
        facts,
        purchases=[replace(one, lines=one.lines[::-1]) for one in bought],
        said=said,
        complaints=facts.complaints[::-1],
    )
    assert figures(other) == figures(facts)


@given(FACTS, st.integers(1, 20))
def test_one_more_reduced_thing_never_makes_less_of_price(facts: Facts, many: int) -> None:
    before = figures(facts)
    more = figures(replace(facts, purchases=[*facts.purchases, order(Line(many, 1, 2))]))
    assert more.reduced * before.items >= before.reduced * more.items
    if type_of(before, SETTINGS) is Type.PRICE:
        assert type_of(more, SETTINGS) is Type.PRICE


@given(FACTS)
def test_figures_are_sane(facts: Facts) -> None:
    found = figures(facts)
    assert 0 <= found.reduced + found.fine <= found.items
    assert found.coupon_orders <= found.orders <= len(facts.purchases)
    assert type_of(Figures(), SETTINGS) is Type.UNKNOWN


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/Berlin", "America/New_York"])
def test_days_are_those_of_the_wall_also_when_clocks_change(zone: str) -> None:
    here, today = ZoneInfo(zone), date(2026, 11, 10)
    before = lapsed_before(today, 60, here)
    last = (before - timedelta(microseconds=1)).astimezone(here)
    assert (today - last.date()).days == 60
    assert (today - before.astimezone(here).date()).days == 59


def test_the_last_day_of_a_coupon_is_the_one_before_it_ends() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    assert last_day(datetime(2026, 9, 1, tzinfo=shanghai), shanghai) == date(2026, 8, 31)


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize(("paid", "back"), [(0, 0), (9, 0), (9, 4), (9, 9), (9, 12), (0, 5)])
def test_the_condition_in_sql_says_what_an_order_says_of_itself(
    store_on_both: Store, status: Status, paid: int, back: int
) -> None:
    one = KeptOrder(1, "", "", MemberId(1), NOON, paid, back, status, "", ())
    row = f"SELECT '{status}' AS status, {paid} AS paid_fen, {back} AS refunded_fen"
    asked = Statement(f"SELECT COUNT(*) FROM ({row}) AS o WHERE {orders.counting('o')}")
    assert store_on_both.do(lambda uow: uow.run(asked))[0][0] == int(one.counts)

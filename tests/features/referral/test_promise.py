"""Whatever friends, orders and refunds come in whatever order: an independent book agrees."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.features.referral.rules import State
from tests.features.referral.conftest import Village
from tests.kit.desk import Desk
from tests.kit.rooms import NOON, Store

PEOPLE = 5
ACTS = st.one_of(
    st.tuples(st.just("names"), st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1)),
    st.tuples(st.just("buys"), st.integers(0, PEOPLE - 1), st.just(0)),
    st.tuples(st.just("returns"), st.integers(0, PEOPLE - 1), st.integers(0, 3)),
    st.tuples(st.just("again"), st.just(0), st.just(0)),
    st.tuples(st.just("waits"), st.integers(0, 8), st.just(0)),
)


@dataclass
class Book:
    """The rules once more, counted anew from all that happened each time."""

    brought_by: dict[int, int] = field(default_factory=dict)
    orders: dict[int, list[tuple[datetime, bool]]] = field(default_factory=dict)
    """Of each: when it was paid, and whether it stays hers."""

    def names(self, friend: int, referrer: int) -> None:
        above: int | None = referrer
        while above is not None and above != friend:
            above = self.brought_by.get(above)
        if above is None and friend not in self.brought_by and not self.orders.get(friend):
            self.brought_by[friend] = referrer

    def has_ordered(self, friend: int) -> bool:
        return any(stays for _, stays in self.orders.get(friend, ()))

    def coupons(self, who: int) -> int:
        brought = sum(by == who and self.has_ordered(f) for f, by in self.brought_by.items())
        own = who in self.brought_by and self.has_ordered(who)
        return brought + own + (brought >= 3)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Village]:
    folder = tmp_path_factory.mktemp("referral")
    store = Store(folder)
    yield Village(store, Desk(folder), new_within_days=0)
    store.close()


_ROUNDS = count()


@settings(max_examples=15)
@given(st.lists(ACTS, min_size=5, max_size=16))
def test_coupons_are_those_of_the_book(shared: Village, acts: list[tuple[str, int, int]]) -> None:
    book, village, play = Book(), shared, next(_ROUNDS)
    village.store.clock.at = NOON + timedelta(days=200 * play)
    numbers: dict[int, list[str]] = {}
    for act, one, other in acts:
        village.store.clock.tick(minutes=1)
        who = f"p{play}-{one}"
        if act == "names":
            village.names(who, f"p{play}-{other}")
            book.names(one, other)
        elif act == "buys":
            book.orders.setdefault(one, []).append((village.clock.now(), True))
            numbers.setdefault(one, []).append(village.buys(who))
        elif act == "returns":
            with suppress(IndexError, KeyError):
                paid_at, stays = book.orders[one][other]
                in_time = village.clock.now() <= paid_at + timedelta(days=7)
                if stays and in_time:
                    village.returns(who, numbers[one][other], at=paid_at)
                    book.orders[one][other] = (paid_at, False)
        elif act == "waits":
            village.waits(days=one)
        else:
            village.tells()
            village.settles()
    for one in range(PEOPLE):
        assert len(village.usable(f"p{play}-{one}")) == book.coupons(one)
    with_order = [f for f in book.brought_by if book.has_ordered(f)]
    for friend in with_order:
        assert village.state(f"p{play}-{friend}") is State.GRANTED

"""Whatever is asked for in whatever order, and asked for again: the books balance."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commons import members, points
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.work import UnitOfWork
from tests.kit.rooms import NOON, Store

Wish = tuple[str, int, int, str]
"""(deed, which of two members, points, key)"""

KEYS = ("a", "b", "c", "d")
wishes = st.lists(
    st.tuples(
        st.sampled_from(("award", "award", "spend", "reverse")),
        st.integers(0, 1),
        st.integers(1, 9),
        st.sampled_from((*KEYS, *(f"reverse:{key}" for key in KEYS[:2]))),
    ),
    max_size=25,
)
fresh = count()


@dataclass
class Oracle:
    """The ledger as a child would keep it: one list of signed numbers; below 0 is a debt."""

    moves: dict[str, tuple[int, int]] = field(default_factory=dict)

    def net(self, who: int) -> int:
        return sum(amount for owner, amount in self.moves.values() if owner == who)

    def standing(self, who: int) -> points.Standing:
        return points.Standing(max(0, self.net(who)), 0, max(0, -self.net(who)))

    def may(self, key: str, who: int, amount: int, *, owing: bool) -> bool:
        known = self.moves.get(key)
        if known is not None:
            return known == (who, amount)
        return owing or amount > 0 or self.net(who) + amount >= 0

    def wish(self, wish: Wish) -> bool:
        """Carry out a wish; return False when it has to be refused."""
        deed, who, amount, key = wish
        if deed == "reverse":
            if key not in self.moves:
                return False
            who, amount = self.moves[key]
            key = f"reverse:{key}"
            amount = -amount
        elif deed == "spend":
            amount = -amount
        if not self.may(key, who, amount, owing=deed == "reverse"):
            return False
        self.moves[key] = (who, amount)
        return True


def ask(uow: UnitOfWork, who: MemberId, wish: Wish, run: str) -> bool:
    deed, _, amount, key = wish
    key = key.replace("reverse:", f"reverse:{run}:") if "reverse" in key else f"{run}:{key}"
    try:
        if deed == "award":
            points.award(uow, who, amount, reason="gift", key=key)
        elif deed == "spend":
            points.spend(uow, who, amount, reason="gift", key=key)
        else:
            points.reverse(uow, key, made_by="lisi", why="test")
    except (points.NotEnoughPoints, ValueError, LookupError):
        return False
    return True


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = Store(tmp_path_factory.mktemp("ledger"))
    yield opened
    opened.close()


@given(wishes)
def test_the_books_balance_after_any_wishes(ledger: Store, asked: list[Wish]) -> None:
    run, oracle = str(next(fresh)), Oracle()
    with ledger.unit() as uow:
        pair = [members.resolve(uow, ChannelName("t"), f"{run}-{n}", NOON) for n in (0, 1)]

        done = [ask(uow, pair[wish[1]], wish, run) for wish in asked]

        assert done == [oracle.wish(wish) for wish in asked]
        assert [points.standing(uow, who) for who in pair] == [oracle.standing(n) for n in (0, 1)]
        assert points.books_balance(uow) == []


@given(wishes)
def test_asking_for_everything_twice_is_asking_once(ledger: Store, asked: list[Wish]) -> None:
    run = str(next(fresh))
    once: list[Wish] = []
    oracle = Oracle()
    once = [wish for wish in asked if oracle.wish(wish)]
    with ledger.unit() as uow:
        pair = [members.resolve(uow, ChannelName("t"), f"{run}-{n}", NOON) for n in (0, 1)]

        for wish in once:
            assert ask(uow, pair[wish[1]], wish, run)
        before = [points.balance(uow, who) for who in pair]
        for wish in once:
            assert ask(uow, pair[wish[1]], wish, run)

        assert [points.balance(uow, who) for who in pair] == before

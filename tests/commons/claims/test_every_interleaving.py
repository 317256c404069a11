"""Whatever happens in whatever order, stock, claims, slots and points agree with a simple count."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commons import claims, members, points
from bot.commons.claims import Asking, Counter, Stand
from bot.kernel.errors import Refusal
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.ports import Groups
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import Statement, UnitOfWork
from tests.kit.rooms import NOON, Store

PEOPLE, STOCK, PRICE, HAS, HOURS = 4, 3, 10, 25, 2
COUNTER = Counter(Groups(), {}, ZoneInfo("Asia/Shanghai"))
GOODS = Statement(
    "INSERT INTO mall_goods (path, revision, title, words, picture, coupon, points, stock, taken,"
    " per_member, reserve_hours, flash, opens_at, audience, early, early_hours, invite, early_next,"
    " told_next, state, made_at) VALUES (:path, 'r', 'a', '', '', '', 10, 3, 0, 2, :hours, 0, 0,"
    " '[]', '[]', 24, 0, 0, 0, 'open', 0)"
)
EVERYTHING = PersonalRegistry((*points.personal, *claims.personal))
ACTS = st.tuples(
    st.sampled_from(["take", "keep", "cancel", "hand", "back", "wait", "erase"]),
    st.integers(0, PEOPLE - 1),
)


@dataclass
class Oracle:
    """What should be so, counted in the plainest way: who has what, in order."""

    live: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Claim, person, goods, and until which hour; 0 for no end."""
    done: list[tuple[int, int, int]] = field(default_factory=list)
    given: dict[int, int] = field(default_factory=dict)
    """Goods that members who left had fetched."""
    gone: set[int] = field(default_factory=set)
    hour: int = 0
    spent: dict[int, int] = field(default_factory=dict)

    def taken(self, goods: int) -> int:
        mine = [one for one in (*self.live, *self.done) if one[2] == goods]
        return len(mine) + self.given.get(goods, 0)

    def may(self, who: int, goods: int) -> bool:
        hers = [one for one in (*self.live, *self.done) if one[1:3] == (who, goods)]
        rich = HAS - self.spent.get(who, 0) >= PRICE
        return who not in self.gone and len(hers) < 2 and self.taken(goods) < STOCK and rich


def tried(store: Store, use_case: Callable[[UnitOfWork], object]) -> bool:
    def run(uow: UnitOfWork) -> bool:
        try:
            with uow.attempt():
                use_case(uow)
        except Refusal:
            return False
        return True

    return store.do(run)


class Play:
    """The acts, on the real thing and in the oracle."""

    def __init__(self, store: Store) -> None:
        self.store, self.oracle = store, Oracle()
        with store.unit() as uow:
            for hours in (0, HOURS):
                uow.run(GOODS, path=f"goods/{hours}.md", hours=hours)
            self.people = [
                members.resolve(uow, ChannelName("kefu"), f"m{number}", NOON)
                for number in range(PEOPLE)
            ]
            for number, her in enumerate(self.people):
                points.award(uow, her, HAS, reason="gift", key=f"g{number}")

    def take(self, who: int, goods: int = 1) -> None:
        if who in self.oracle.gone:
            return
        asking = Asking(self.people[who], goods, self.store.clock.now())
        could = self.oracle.may(who, goods)
        assert tried(self.store, lambda uow: claims.take(uow, COUNTER, asking)) == could
        if could:
            found = self.store.do(lambda uow: claims.hers(uow, self.people[who], goods))
            assert found is not None
            until = self.oracle.hour + HOURS if goods != 1 else 0
            self.oracle.live.append((found.id, who, goods, until))
            self.oracle.spent[who] = self.oracle.spent.get(who, 0) + PRICE

    def keep(self, who: int) -> None:
        self.take(who, 2)

    def _first(self, who: int) -> tuple[int, int, int, int] | None:
        return next((one for one in self.oracle.live if one[1] == who), None)

    def cancel(self, who: int) -> None:
        if one := self._first(who):
            her = self.people[who]
            assert tried(
                self.store,
                lambda uow: claims.cancel(uow, one[0], by="member", why="test", member=her),
            )
            self.oracle.live.remove(one)
            self.oracle.spent[who] -= PRICE

    def hand(self, who: int) -> None:
        if one := self._first(who):
            code = self._code(one[0])
            assert tried(self.store, lambda uow: claims.hand_over(uow, code, by="lin"))
            self.oracle.live.remove(one)
            self.oracle.done.append(one[:3])

    def back(self, who: int) -> None:
        one = next((each for each in self.oracle.done if each[1] == who), None)
        if one is None:
            return
        if tried(
            self.store,
            lambda uow: claims.take_back(uow, one[0], by="lin", why="test", within_minutes=60),
        ):
            self.oracle.done.remove(one)
            self.oracle.live.append((*one, 0))

    def wait(self, _who: int) -> None:
        self.store.clock.at += timedelta(hours=1)
        self.oracle.hour += 1
        while self.store.do(claims.expire_next) is not None:
            pass
        for one in [one for one in self.oracle.live if 0 < one[3] <= self.oracle.hour]:
            self.oracle.live.remove(one)
            self.oracle.spent[one[1]] -= PRICE

    def erase(self, who: int) -> None:
        if who in self.oracle.gone:
            return
        self.store.do(lambda uow: EVERYTHING.erase(uow, self.people[who]))
        self.oracle.gone.add(who)
        self.oracle.live = [one for one in self.oracle.live if one[1] != who]
        for one in [one for one in self.oracle.done if one[1] == who]:
            self.oracle.done.remove(one)
            self.oracle.given[one[2]] = self.oracle.given.get(one[2], 0) + 1

    def _code(self, number: int) -> str:
        found = self.store.do(lambda uow: claims.claim(uow, number))
        assert found is not None
        return found.code

    def agree(self) -> None:
        for goods in (1, 2):
            assert self._taken(goods) == self.oracle.taken(goods)
        waiting = {one.id for one in self.store.do(claims.waiting)}
        assert waiting == {one[0] for one in self.oracle.live}
        for who, her in enumerate(self.people):
            if who not in self.oracle.gone:
                assert self._can_spend(her) == HAS - self.oracle.spent.get(who, 0)
        assert self.store.do(points.books_balance) == []

    def _taken(self, goods: int) -> int:
        found = self.store.do(lambda uow: claims.one(uow, goods))
        assert found is not None
        return found.taken

    def _can_spend(self, her: MemberId) -> int:
        return self.store.do(lambda uow: points.balance(uow, her))


@given(st.lists(ACTS, max_size=25))
@settings(max_examples=40)
def test_stock_claims_and_points_agree_whatever_happens(acts: list[tuple[str, int]]) -> None:
    with TemporaryDirectory() as folder:
        store = Store(Path(folder))
        play = Play(store)
        for name, who in acts:
            act: Callable[[int], None] = getattr(play, name)
            act(who)
            play.agree()
        store.close()


@pytest.mark.parametrize("stand", [*Stand])
def test_only_what_waits_is_live(stand: Stand) -> None:
    assert stand.is_live == (stand in {Stand.HELD, Stand.GOT})

"""Whatever happens to points in whatever order, merges and their undoing too: the books balance."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commons import members, points
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from tests.kit.lives import born, join, part
from tests.kit.rooms import NOON, Store

DEEDS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *("award", "award", "spend", "reverse", "hold", "release", "capture"),
                *("expire", "merge", "part", "day"),
            ]
        ),
        st.integers(0, 1),
        st.integers(1, 9),
        st.integers(0, 5),
    ),
    max_size=30,
)
SUMS = Statement(
    "SELECT a.member_id, a.balance, a.held,"
    " COALESCE((SELECT SUM(points) FROM point_entries WHERE credit = a.id), 0)"
    " - COALESCE((SELECT SUM(points) FROM point_entries WHERE debit = a.id), 0),"
    " COALESCE((SELECT SUM(rest) FROM point_entries WHERE credit = a.id), 0)"
    " FROM point_accounts a WHERE a.member_id IN (:one, :other)"
)
fresh = count(1)


class World:
    """Two people who may be one for a while."""

    def __init__(self, store: Store, uow: UnitOfWork) -> None:
        self.store, self.uow, self.run = store, uow, next(fresh)
        self.pair = [born(uow, f"w{self.run}-{number}") for number in (0, 1)]
        self.merge: members.Merged | None = None

    def who(self, number: int) -> MemberId:
        return self.pair[0] if self.merge else self.pair[number]

    def live(self, deed: str, who: int, amount: int, key: int) -> None:
        """Let one thing happen; what can't be is refused and changes nothing."""
        with suppress(Refusal, ValueError, LookupError), self.uow.attempt():
            getattr(self, f"_{deed}")(self.who(who), amount, f"{self.run}:{key}")

    def _award(self, who: MemberId, amount: int, key: str) -> None:
        ends = None if amount % 2 else self.store.clock.now() + timedelta(days=amount - 3)
        points.award(self.uow, who, amount, reason="gift", key=f"a{key}", expires_at=ends)

    def _spend(self, who: MemberId, amount: int, key: str) -> None:
        points.spend(self.uow, who, amount, reason="mall", key=f"s{key}")

    def _reverse(self, _who: MemberId, amount: int, key: str) -> None:
        kinds = ("a", "s", "h", "reverse:a", "reverse:s")
        points.reverse(self.uow, f"{kinds[amount % 5]}{key}", made_by="lisi", why="")

    def _hold(self, who: MemberId, amount: int, key: str) -> None:
        points.hold(self.uow, who, amount, reason="mall", key=f"h{key}")

    def _release(self, _who: MemberId, _amount: int, key: str) -> None:
        points.release(self.uow, f"h{key}")

    def _capture(self, _who: MemberId, _amount: int, key: str) -> None:
        points.capture(self.uow, f"h{key}")

    def _expire(self, _who: MemberId, _amount: int, _key: str) -> None:
        while points.expire(self.uow, most=1):
            pass

    def _day(self, _who: MemberId, amount: int, _key: str) -> None:
        self.store.clock.tick(days=amount / 3)

    def _merge(self, _who: MemberId, _amount: int, _key: str) -> None:
        if self.merge is None:
            self.merge = join(self.uow, *self.pair)

    def _part(self, _who: MemberId, _amount: int, _key: str) -> None:
        if self.merge is not None:
            part(self.uow, self.merge)
            self.merge = None


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = Store(tmp_path_factory.mktemp("interleavings"))
    yield opened
    opened.close()


def check(store: Store, deeds: list[tuple[str, int, int, int]]) -> None:
    store.clock.at = NOON
    with store.unit() as uow:
        world = World(store, uow)
        for deed in deeds:
            world.live(*deed)
            assert points.books_balance(uow) == []
        rows = uow.run(SUMS, one=world.pair[0], other=world.pair[1])
        for member, balance, held, entries, lots in rows:
            assert balance == entries == lots
            spendable = points.balance(uow, MemberId(int(str(member))))
            assert spendable == int(str(lots)) - int(str(held)) >= 0


@settings(max_examples=60)
@given(DEEDS)
def test_entries_lots_and_holds_always_agree(
    ground: Store, deeds: list[tuple[str, int, int, int]]
) -> None:
    check(ground, deeds)


@pytest.mark.postgres
def test_they_agree_on_postgres(postgres: str, tmp_path: Path) -> None:
    store = Store(tmp_path, postgres)

    @settings(max_examples=15)
    @given(DEEDS)
    def agree(deeds: list[tuple[str, int, int, int]]) -> None:
        check(store, deeds)

    agree()
    store.close()


def test_a_debt_that_the_other_paid_comes_back_when_they_are_parted(store_on_both: Store) -> None:
    with store_on_both.unit() as uow:
        amei, lily = born(uow, "amei"), born(uow, "lily")
        points.award(uow, lily, 5, reason="gift", key="a")
        points.spend(uow, lily, 5, reason="mall", key="s")
        points.reverse(uow, "a", made_by="lisi", why="")
        merge = join(uow, amei, lily)
        points.award(uow, amei, 8, reason="gift", key="b")
        assert points.standing(uow, amei) == points.Standing(3, 0, 0)

        part(uow, merge)

        assert points.standing(uow, amei) == points.Standing(8, 0, 0)
        assert points.standing(uow, lily) == points.Standing(0, 0, 5)
        assert points.books_balance(uow) == []

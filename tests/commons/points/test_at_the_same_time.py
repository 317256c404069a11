"""Several replicas on PostgreSQL: whoever comes first, the books balance."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest

from bot.commons import members, points
from bot.kernel.ids import ChannelName
from bot.kernel.work import UnitOfWork
from tests.kit.rooms import NOON, Store

T = TypeVar("T")
AT_ONCE = 6
KEFU = ChannelName("kefu")

pytestmark = pytest.mark.postgres


@pytest.fixture
def shared(postgres: str, tmp_path: Path) -> Store:
    return Store(tmp_path, postgres)


def together(store: Store, *use_cases: Callable[[UnitOfWork], T]) -> list[T]:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(store.do, use_cases))


def test_somebody_new_who_writes_twice_at_once_is_one_member(shared: Store) -> None:
    found = together(shared, *[lambda uow: members.resolve(uow, KEFU, "amei", NOON)] * 12)

    assert len(set(found)) == 1
    assert shared.count("members") == shared.count("identities") == 1
    shared.close()


def test_the_same_award_asked_for_at_once_is_given_once(shared: Store) -> None:
    amei = shared.do(lambda uow: members.resolve(uow, KEFU, "amei", NOON))

    booked = together(
        shared, *[lambda uow: points.award(uow, amei, 5, reason="checkin", key="a")] * 12
    )

    assert sum(one.is_new for one in booked) == 1
    assert {one.balance for one in booked} == {5}
    assert shared.do(points.books_balance) == []
    shared.close()


def test_who_spends_everything_at_once_spends_it_once(shared: Store) -> None:
    amei = shared.do(lambda uow: members.resolve(uow, KEFU, "amei", NOON))
    shared.do(lambda uow: points.award(uow, amei, 10, reason="checkin", key="a"))

    def buy(number: int) -> Callable[[UnitOfWork], bool]:
        def spend(uow: UnitOfWork) -> bool:
            try:
                return points.spend(uow, amei, 4, reason="gift", key=f"gift:{number}").is_new
            except points.NotEnoughPoints:
                return False

        return spend

    assert sum(together(shared, *map(buy, range(12)))) == 2
    assert shared.do(lambda uow: points.balance(uow, amei)) == 2
    assert shared.do(points.books_balance) == []
    shared.close()

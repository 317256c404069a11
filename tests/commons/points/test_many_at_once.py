"""A hundred who want the same points: as many get them as there are."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from bot.commons import points
from bot.kernel.work import UnitOfWork
from tests.commons.points.test_points import award, books, member
from tests.kit.rooms import NOON, Store

AT_ONCE = 8


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = request.getfixturevalue("postgres") if request.param == "postgres" else ""
    opened = Store(tmp_path, url)
    yield opened
    opened.close()


def together(store: Store, use_case: Callable[[UnitOfWork, int], object], many: int) -> int:
    """Run a use case `many` times at once; return how many were not refused."""

    def one(number: int) -> bool:
        try:
            store.do(lambda uow: use_case(uow, number))
        except (points.NotEnoughPoints, LookupError):
            return False
        return True

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return sum(threads.map(one, range(many)))


def test_a_hundred_spend_what_is_enough_for_twenty(shared: Store) -> None:
    amei = member(shared)
    for number in range(20):
        award(shared, amei, 5, f"a{number}")

    bought = together(
        shared,
        lambda uow, number: points.spend(uow, amei, 5, reason="mall", key=f"s{number}"),
        100,
    )

    assert bought == 20
    assert shared.do(lambda uow: points.standing(uow, amei)) == points.Standing(0, 0, 0)
    assert books(shared) == []


def test_a_hold_is_taken_or_let_go_never_both(shared: Store) -> None:
    amei = member(shared)
    award(shared, amei, 20, "a")
    shared.do(lambda uow: points.hold(uow, amei, 5, reason="mall", key="h", until=NOON))
    turns = count()

    def act(uow: UnitOfWork, _number: int) -> None:
        if next(turns) % 2:
            points.release_due(uow, most=9)
        else:
            points.capture(uow, "h")

    together(shared, act, 30)

    state = shared.do(lambda uow: points.find_hold(uow, "h"))
    assert state is not None
    left = 15 if state.state == "captured" else 20
    assert shared.do(lambda uow: points.standing(uow, amei)) == points.Standing(left, 0, 0)
    assert books(shared) == []


def test_whatever_expires_while_she_spends_is_gone_once(shared: Store) -> None:
    amei = member(shared)
    for number in range(10):
        key = f"a{number}"
        gift = partial(points.award, member=amei, points=5, reason="gift", key=key)
        shared.do(partial(gift, expires_at=NOON))

    def act(uow: UnitOfWork, number: int) -> None:
        if number % 3:
            points.spend(uow, amei, 2, reason="mall", key=f"s{number}")
        else:
            points.expire(uow, most=9)

    together(shared, act, 30)

    assert shared.do(lambda uow: points.balance(uow, amei)) == 0
    assert books(shared) == []

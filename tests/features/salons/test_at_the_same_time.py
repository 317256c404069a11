"""A hundred at once, on both databases: as many heads as places, the others in order."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot.commons import salons
from bot.commons.salons import Place, line
from bot.features.salons import service
from bot.features.salons.service import Wish
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.ports import Groups
from bot.kernel.work import UnitOfWork
from tests.kit.rooms import NOON, Store
from tests.kit.salons import add_salon, member

AT_ONCE = 6
KEFU = ChannelName("kefu")


def signing(her: MemberId, second: int, heads: int = 1) -> Callable[[UnitOfWork], Place]:
    def sign(uow: UnitOfWork) -> Place:
        wish = Wish(her, 1, NOON + timedelta(seconds=second), heads)
        return service.sign_up(uow, Groups(), wish).signup.state

    return sign


def test_a_hundred_for_twenty_places(store_on_both: Store) -> None:
    store = store_on_both
    add_salon(store, 20)
    people = [member(store, f"m{number}") for number in range(100)]
    work = [signing(her, number) for number, her in enumerate(people)]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        states = list(threads.map(store.do, work))
    assert states.count(Place.IN) == 20
    found = store.do(lambda uow: salons.signups(uow, 1))
    assert sum(one.heads for one in found if one.state is Place.IN) == 20
    waiting = [one for one in found if one.state is Place.WAITING]
    assert len(waiting) == 80
    assert [one.at for one in waiting] == sorted(one.at for one in waiting)
    assert len({one.number for one in found}) == len({one.code for one in found}) == 100


def test_a_hundred_taps_of_one_member_are_one_place(store_on_both: Store) -> None:
    add_salon(store_on_both, 20)
    her = member(store_on_both, "amei")
    with ThreadPoolExecutor(AT_ONCE) as threads:
        states = list(threads.map(store_on_both.do, [signing(her, 0)] * 100))
    assert set(states) == {Place.IN}
    assert store_on_both.count("salon_signups") == 1


def test_twenty_cancel_while_twenty_come(store_on_both: Store) -> None:
    store = store_on_both
    add_salon(store, 20)
    people = [member(store, f"m{number}") for number in range(60)]
    for number, her in enumerate(people[:40]):
        store.do(signing(her, number))
    wishes = [Wish(her, 1, NOON + timedelta(seconds=90)) for her in people[:20]]
    leaving = [lambda uow, wish=wish: service.cancel(uow, wish).signup.state for wish in wishes]
    coming = [signing(her, 100 + number) for number, her in enumerate(people[40:])]
    mixed = [each for pair in zip(leaving, coming, strict=True) for each in pair]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(store.do, mixed))
    found = store.do(lambda uow: salons.signups(uow, 1))
    inside = [one for one in found if one.state is Place.IN]
    assert {one.member for one in inside} == set(people[20:40])
    untold = store.do(lambda uow: line.untold(uow, most=100))
    assert {each.member for each in untold} == set(people[20:40])
    assert len(untold) == 20


@pytest.mark.parametrize("heads", [2, 3])
def test_parties_fill_the_house_and_never_more(store_on_both: Store, heads: int) -> None:
    store = store_on_both
    add_salon(store, 20)
    people = [member(store, f"m{number}") for number in range(30)]
    work = [signing(her, number, heads) for number, her in enumerate(people)]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(store.do, work))
    assert store.do(lambda uow: salons.taken(uow, 1)) == 20 - 20 % heads

"""A hundred at once, on both databases: as many heads as places, the others in order."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from bot.commons import members
from bot.features.salons import door, reads, rounds, seats, service
from bot.features.salons.rules import Place
from bot.features.salons.service import Wish
from bot.kernel.events import Event, SalonAttended
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.ports import Groups
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import micros
from tests.features.salons.conftest import Street
from tests.kit.desk import Desk
from tests.kit.rooms import NOON, Store

AT_ONCE = 6
KEFU = ChannelName("kefu")
SALON = Statement(
    "INSERT INTO salons (path, revision, title, words, starts_at, ends_at, place, capacity,"
    " guests_max, invite, invite_first, first_hours, invite_at, signup_until, reminders, host,"
    " no_show, series, state, why, sequence, wave, next_member, outcome) VALUES (:path, 'r', 'a',"
    " '', :starts, :ends, '', :capacity, 3, '[]', '[]', 24, 0, :starts, '[]', '', '', '', 'open',"
    " '', 0, 4, 0, '')"
)


def add_salon(store: Store, capacity: int) -> None:
    starts, ends = micros(NOON + timedelta(days=2)), micros(NOON + timedelta(days=2, hours=2))
    values = {"path": "salons/a.md", "starts": starts, "ends": ends, "capacity": capacity}
    store.do(lambda uow: uow.run(SALON, **values))


def member(store: Store, name: str) -> MemberId:
    return store.do(lambda uow: members.resolve(uow, KEFU, name, NOON))


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
    found = store.do(lambda uow: reads.signups(uow, 1))
    assert sum(one.heads for one in found if one.state is Place.IN) == 20
    line = [one for one in found if one.state is Place.WAITING]
    assert len(line) == 80
    assert [one.at for one in line] == sorted(one.at for one in line)
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
    found = store.do(lambda uow: reads.signups(uow, 1))
    inside = [one for one in found if one.state is Place.IN]
    assert {one.member for one in inside} == set(people[20:40])
    untold = store.do(lambda uow: seats.untold(uow, most=100))
    assert {each.member for each in untold} == set(people[20:40])
    assert len(untold) == 20


@pytest.mark.postgres
def test_two_replicas_tell_everybody_once_and_publish_who_came_once(
    postgres: str, tmp_path: Path, desk: Desk
) -> None:
    store = Store(tmp_path, postgres)
    street = Street(store, desk)
    add_salon(store, 300)
    people = [member(store, f"m{number}") for number in range(230)]
    for number, her in enumerate(people):
        store.do(signing(her, number))
        store.do(lambda uow, her=her: door.came(uow, 1, her, who="lin"))  # type: ignore[misc]  # bound at once
    store.do(lambda uow: rounds.close_next(uow, NOON + timedelta(days=3)))

    def tell(_: int) -> list[Event]:
        with store.unit() as uow:
            rounds.tell_some(uow, street.tools)
            return list(uow.events)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        told = [event for events in threads.map(tell, range(30)) for event in events]
    assert sorted(event.member for event in told if isinstance(event, SalonAttended)) == people
    assert store.count("letters") == 230
    store.close()


@pytest.mark.parametrize("heads", [2, 3])
def test_parties_fill_the_house_and_never_more(store_on_both: Store, heads: int) -> None:
    store = store_on_both
    add_salon(store, 20)
    people = [member(store, f"m{number}") for number in range(30)]
    work = [signing(her, number, heads) for number, her in enumerate(people)]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(store.do, work))
    assert store.do(lambda uow: reads.taken(uow, 1)) == 20 - 20 % heads

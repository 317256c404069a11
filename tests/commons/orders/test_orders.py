"""Orders: kept as told, once each; whose they are may turn out later; rooms hear each fact once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot import app as roof
from bot.commons import members, orders, profiles
from bot.commons.orders import Item, Order, Outcome, Status
from bot.kernel.events import Event, OrderDelivered, OrderPaid, OrderRefunded
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.work import Statement, UnitOfWork
from tests.kit.rooms import NOON, Store

SIMULATOR = ChannelName("simulator")
ITEMS = (Item("C-1", "连衣裙", "裙", "法式", 1, 80_000),)


def an_order(**changes: object) -> Order:
    ref = profiles.read_ref("simulator:amei")
    order = Order("pos", "A-1", ref, NOON, 80_000, store="徐汇", items=ITEMS)
    return replace(order, **changes)  # type: ignore[arg-type]  # of the fields


def amei(uow: UnitOfWork) -> MemberId:
    return members.resolve(uow, SIMULATOR, "amei", NOON)


def heard(uow: UnitOfWork) -> list[Event]:
    """Return what rooms are told now."""
    uow.events.clear()
    orders.claim(uow, orders.find_owners(uow, most=100))
    while orders.tell(uow, most=1):
        pass
    return list(uow.events)


def test_the_same_order_is_kept_once(store_on_both: Store) -> None:
    with store_on_both.unit() as uow:
        member = amei(uow)
        outcomes = [orders.record(uow, an_order()).outcome for _ in range(3)]
        changed = orders.record(uow, an_order(store="静安"))

        assert outcomes == [Outcome.NEW, Outcome.UNCHANGED, Outcome.UNCHANGED]
        assert (changed.outcome, changed.member) == (Outcome.UPDATED, member)
        [kept] = orders.orders_of(uow, member)
        assert (kept.store, kept.items, kept.paid_at) == ("静安", list(ITEMS), NOON)


def test_two_systems_may_use_one_number(store: Store) -> None:
    with store.unit() as uow:
        member = amei(uow)
        orders.record(uow, an_order())
        orders.record(uow, an_order(source="shop"))
        assert len(orders.orders_of(uow, member)) == 2


def test_rooms_hear_once_that_it_was_paid(store_on_both: Store) -> None:
    with store_on_both.unit() as uow:
        member = amei(uow)
        told = orders.record(uow, an_order())
        assert heard(uow) == [OrderPaid(told.id, member, NOON, 80_000)]
        orders.record(uow, an_order())
        orders.record(uow, an_order(store="静安"))
        assert heard(uow) == []


def test_rooms_hear_each_time_that_more_was_given_back(store_on_both: Store) -> None:
    with store_on_both.unit() as uow:
        member = amei(uow)
        told = orders.record(uow, an_order())
        heard(uow)
        said = []
        for changes in (
            {"refunded_fen": 10_000},
            {"refunded_fen": 10_000, "store": "静安"},
            {"refunded_fen": 5_000},
            {"status": Status.REFUNDED, "refunded_fen": 80_000},
            {"status": Status.CANCELLED},
        ):
            orders.record(uow, an_order(**changes))
            said += heard(uow)
        assert said == [
            OrderRefunded(told.id, member, 80_000, 10_000, is_whole=False),
            OrderRefunded(told.id, member, 80_000, 80_000, is_whole=True),
        ]


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.REFUNDED])
def test_what_was_over_before_it_was_told_is_not_told(store: Store, status: Status) -> None:
    with store.unit() as uow:
        amei(uow)
        orders.record(uow, an_order(status=status))
        assert heard(uow) == []


def test_an_order_partly_given_back_counts_with_the_rest(store: Store) -> None:
    with store.unit() as uow:
        member = amei(uow)
        told = orders.record(uow, an_order(status=Status.REFUNDED, refunded_fen=30_000))
        assert heard(uow) == [OrderPaid(told.id, member, NOON, 50_000)]
        [kept] = orders.orders_of(uow, member)
        assert (kept.counts, kept.amount_fen) == (True, 50_000)


@pytest.mark.parametrize("name", ["simulator:amei", "phone:13800138000", "unionid:o1"])
def test_an_order_finds_its_member_when_she_comes(store_on_both: Store, name: str) -> None:
    with store_on_both.unit() as uow:
        told = orders.record(uow, an_order(ref=profiles.read_ref(name)))
        assert told.member is None
        assert orders.count_unclaimed(uow) == 1
        assert heard(uow) == []

        member = amei(uow)
        profiles.keep_profile(uow, member, profiles.Profile(phone="13800138000", unionid="o1"))

        assert heard(uow) == [OrderPaid(told.id, member, NOON, 80_000)]
        assert orders.count_unclaimed(uow) == 0
        again = orders.record(uow, an_order(ref=profiles.read_ref(name)))
        assert (again.outcome, again.member) == (Outcome.UNCHANGED, member)


def test_a_phone_of_two_members_gives_the_order_to_neither(store_on_both: Store) -> None:
    with store_on_both.unit() as uow:
        orders.record(uow, an_order(ref=profiles.read_ref("phone:13800138000")))
        for name in ("amei", "lily"):
            member = members.resolve(uow, SIMULATOR, name, NOON)
            profiles.keep_profile(uow, member, profiles.Profile(phone="13800138000"))
        assert heard(uow) == []
        with pytest.raises(profiles.Shared):
            orders.record(uow, an_order(ref=profiles.read_ref("phone:13800138000")))


def test_an_order_does_not_go_from_one_member_to_another(store: Store) -> None:
    with store.unit() as uow:
        amei(uow)
        members.resolve(uow, SIMULATOR, "lily", NOON)
        orders.record(uow, an_order())
        with pytest.raises(orders.OthersOrder):
            orders.record(uow, an_order(ref=profiles.read_ref("simulator:lily")))


def test_an_order_without_a_member_is_kept_until_one_is_named(store: Store) -> None:
    with store.unit() as uow:
        assert orders.record(uow, an_order(ref=None)).member is None
        member = amei(uow)
        assert orders.record(uow, an_order()).member == member
        assert orders.record(uow, an_order(ref=None)).outcome is Outcome.UNCHANGED


def test_what_was_erased_does_not_come_back(store_on_both: Store) -> None:
    with store_on_both.unit() as uow:
        member = amei(uow)
        profiles.keep_profile(uow, member, profiles.Profile(phone="13800138000"))
        orders.record(uow, an_order())
        orders.record(uow, an_order(order_id="A-2", ref=profiles.read_ref("phone:13900139000")))
        roof.PERSONAL.erase(uow, member)

        for number, name in (("A-1", "simulator:amei"), ("A-3", "phone:13800138000")):
            orders.record(uow, an_order(order_id=number, ref=profiles.read_ref(name)))
        assert "amei" not in str(uow.run(Statement("SELECT ref FROM orders")))
        assert "13800138000" not in str(uow.run(Statement("SELECT ref FROM orders")))
        back = amei(uow)
        orders.record(uow, an_order())
        assert heard(uow) == []
        assert orders.orders_of(uow, back) == []


def test_orders_that_wait_are_erased_with_her(store_on_both: Store) -> None:
    with store_on_both.unit() as uow:
        member = amei(uow)
        orders.record(uow, an_order(ref=profiles.read_ref("phone:13800138000")))
        profiles.keep_profile(uow, member, profiles.Profile(phone="13800138000"))
        roof.PERSONAL.erase(uow, member)
        assert "13800138000" not in str(uow.run(Statement("SELECT ref FROM orders")))


def test_periods_and_the_first_order(store_on_both: Store) -> None:
    with store_on_both.unit() as uow:
        member = amei(uow)
        orders.record(uow, an_order(order_id="0", status=Status.CANCELLED))
        for days in (1, 1, 3):
            number = f"{days}-{len(orders.orders_of(uow, member))}"
            orders.record(uow, an_order(order_id=number, paid_at=NOON + timedelta(days=days)))

        first = orders.first_order(uow, member)
        assert first is not None
        assert first.paid_at == NOON + timedelta(days=1)
        until = NOON + timedelta(days=3)
        assert len(orders.orders_of(uow, member, since=NOON, until=until)) == 3


def test_a_name_that_nobody_came_for_is_forgotten_in_time(store: Store) -> None:
    with store.unit() as uow:
        orders.record(uow, an_order(ref=profiles.read_ref("phone:13800138000")))
        assert not orders.forget_unclaimed(uow, before_micros=2**60, most=10)
        assert orders.count_unclaimed(uow) == 0


DELIVERED = NOON + timedelta(days=2)


def test_rooms_hear_once_that_it_was_delivered(store_on_both: Store) -> None:
    with store_on_both.unit() as uow:
        member = amei(uow)
        told = orders.record(uow, an_order())
        heard(uow)
        outcomes = [orders.record(uow, an_order(delivered_at=DELIVERED)).outcome for _ in range(2)]

        assert outcomes == [Outcome.UPDATED, Outcome.UNCHANGED]
        assert heard(uow) == [OrderDelivered(told.id, member, DELIVERED)]
        later = DELIVERED + timedelta(hours=1)
        orders.record(uow, an_order(delivered_at=later))
        assert heard(uow) == []
        [kept] = orders.orders_of(uow, member)
        assert kept.delivered_at == later


def test_who_does_not_tell_when_it_was_delivered_leaves_what_is_known(store: Store) -> None:
    with store.unit() as uow:
        member = amei(uow)
        orders.record(uow, an_order(delivered_at=DELIVERED))

        assert orders.record(uow, an_order()).outcome is Outcome.UNCHANGED
        [kept] = orders.orders_of(uow, member)
        assert kept.delivered_at == DELIVERED


def test_what_is_told_at_once_is_told_in_order(store: Store) -> None:
    with store.unit() as uow:
        member = amei(uow)
        told = orders.record(uow, an_order(delivered_at=DELIVERED))

        assert heard(uow) == [
            OrderPaid(told.id, member, NOON, 80_000),
            OrderDelivered(told.id, member, DELIVERED),
        ]


def test_what_came_back_is_not_told_as_delivered(store: Store) -> None:
    with store.unit() as uow:
        member = amei(uow)
        told = orders.record(uow, an_order())
        heard(uow)
        orders.record(uow, an_order(status=Status.REFUNDED, delivered_at=DELIVERED))

        assert heard(uow) == [OrderRefunded(told.id, member, 80_000, 80_000, is_whole=True)]

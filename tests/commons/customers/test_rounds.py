"""A full reading lets go of old friends that it did not have, and of nobody who is new."""

from datetime import timedelta

from bot.commons import customers
from bot.kernel.customers import Customer, Follower
from bot.kernel.ids import ChannelName
from tests.kit.rooms import NOON, Store

CHANNEL = ChannelName("customer_groups")
LISTED = Customer("wmlisted", "名字", "", [Follower("lihua", NOON - timedelta(days=9))])


def known(store: Store) -> set[str]:
    with store.unit() as uow:
        return {one.identity for one in customers.friends_of(uow, CHANNEL, "lihua")}


def test_who_is_not_listed_goes_and_who_is_new_stays(store: Store) -> None:
    with store.unit() as uow:
        for name, since in (
            ("wmold", NOON - timedelta(days=1)),
            ("wmjust", NOON - timedelta(seconds=20)),
            ("wmmeanwhile", NOON + timedelta(seconds=20)),
        ):
            customers.befriended(uow, CHANNEL, name, "lihua", since)
        at = customers.under_way(uow, 24)
        assert at is not None
        customers.keep(uow, CHANNEL, [LISTED], at.number)
        customers.end_round(uow, CHANNEL, at)

    assert known(store) == {"wmlisted", "wmjust", "wmmeanwhile"}


def test_a_reading_goes_on_where_it_was_and_is_due_again_after_its_time(store: Store) -> None:
    with store.unit() as uow:
        at = customers.under_way(uow, 24)
        assert at is not None
        customers.turn(uow, at, "lihua")
        assert customers.under_way(uow, 24) == customers.last_round(uow)  # goes on, where it was
        customers.end_round(uow, CHANNEL, at)
        customers.end_round(uow, CHANNEL, at)  # another replica

        assert customers.under_way(uow, 24) is None
        again = customers.under_way(uow, 0)
        assert again is not None
        assert (again.number, again.after) == (2, "")


def test_a_reading_that_had_nobody_lets_nobody_go(store: Store) -> None:
    with store.unit() as uow:
        customers.befriended(uow, CHANNEL, "wmold", "lihua", NOON - timedelta(days=1))
        at = customers.under_way(uow, 24)
        assert at is not None
        customers.end_round(uow, CHANNEL, at)

    assert known(store) == {"wmold"}

"""Whatever people do, in whatever order: places suffice, nobody overtakes, each hears once."""

from collections import Counter
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commons import salons
from bot.commons.salons import News, Place, line
from bot.features.salons import service
from bot.features.salons.service import BadHeads, NoRoom, NotSignedUp, Wish
from bot.kernel.ids import MemberId
from bot.kernel.ports import Groups
from bot.kernel.work import Statement, UnitOfWork
from tests.kit.rooms import NOON, Store
from tests.kit.salons import add_salon, member

PEOPLE, PLACES = 7, 6
EMPTY = Statement("DELETE FROM salon_signups")
RESET = Statement("UPDATE salons SET capacity = :places WHERE id = 1")
GROW = Statement("UPDATE salons SET capacity = capacity + 1 WHERE id = 1")
acts = st.tuples(
    st.sampled_from(["sign", "sign", "sign", "cancel", "erase", "grow", "tell"]),
    st.integers(0, PEOPLE - 1),
    st.integers(1, 4),
    st.integers(0, 50),
)


def do(uow: UnitOfWork, act: str, her: MemberId, heads: int, second: int) -> None:
    at = NOON + timedelta(seconds=second)
    try:
        with uow.attempt():
            if act == "sign":
                service.sign_up(uow, Groups(), Wish(her, 1, at, heads))
            elif act == "cancel":
                service.cancel(uow, Wish(her, 1, at))
            elif act == "grow":
                uow.run(GROW)
                line.settle_all(uow)
            elif act == "erase":
                salons.personal[0].erase(uow, her)
                line.settle_all(uow)
    except (BadHeads, NoRoom, NotSignedUp):
        pass


def tell(uow: UnitOfWork, told: Counter[tuple[MemberId, object]]) -> None:
    for each in line.untold(uow, most=100):
        mine = salons.signup(uow, each.salon, each.member)
        assert mine is not None
        if each.what == News.PROMOTED:
            told[each.member, mine.number] += 1
        line.heard(uow, each.salon, each.member)


def check(uow: UnitOfWork) -> None:
    found = salons.salon(uow, 1)
    assert found is not None
    assert found.capacity is not None
    taken = salons.taken(uow, 1)
    assert taken <= found.capacity
    waiting = [one for one in salons.signups(uow, 1) if one.state is Place.WAITING]
    assert [(one.at, one.number) for one in waiting] == sorted(
        (one.at, one.number) for one in waiting
    )
    if waiting:
        assert taken + waiting[0].heads > found.capacity


def test_any_order_of_acts_keeps_the_promises(store: Store) -> None:
    add_salon(store, PLACES)
    people = [member(store, f"m{number}") for number in range(PEOPLE)]

    @settings(max_examples=80, deadline=None)
    @given(st.lists(acts, max_size=40))
    def holds(steps: list[tuple[str, int, int, int]]) -> None:
        told: Counter[tuple[MemberId, object]] = Counter()
        with store.unit() as uow:
            uow.run(EMPTY)
            uow.run(RESET, places=PLACES)
            for act, who, heads, second in steps:
                if act == "tell":
                    tell(uow, told)
                do(uow, act, people[who], heads, second)
                check(uow)
            tell(uow, told)
            tell(uow, told)
        assert all(count == 1 for count in told.values())

    holds()

"""Many members and many taps at the same time, on both databases: never more than there is."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.exc import OperationalError

from bot.commons import claims, coupons, members, points
from bot.commons.claims import Asking, Counter
from bot.commons.coupons import Kind
from bot.kernel.errors import Refusal
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.ports import Groups
from bot.kernel.work import Statement, UnitOfWork
from tests.kit.rooms import NOON, Store

STOCK, PRICE, AT_ONCE = 20, 5, 8
COLLISIONS = ("40001", "40P01")
KEFU = ChannelName("kefu")
KIND = Kind(name="fifty", title="50 元券", face_fen=5000)
COUNTER = Counter(Groups(), {"fifty": KIND}, ZoneInfo("Asia/Shanghai"))
GOODS = Statement(
    "INSERT INTO mall_goods (path, revision, title, words, picture, coupon, points, stock, taken,"
    " per_member, reserve_hours, flash, opens_at, audience, early, early_hours, invite, early_next,"
    " told_next, state, made_at) VALUES ('goods/a.md', 'r', '围巾', '', '', :coupon, :points, 20,"
    " 0, 1, :hours, 1, 0, '[]', '[]', 24, 0, 0, 0, 'open', 0)"
)
PLACES = Statement("SELECT place FROM mall_claims WHERE slot IS NOT NULL ORDER BY place")

Claiming = Callable[[UnitOfWork], bool]


def member(store: Store, name: str, has: int = 50) -> MemberId:
    with store.unit() as uow:
        her = members.resolve(uow, KEFU, name, NOON)
        points.award(uow, her, has, reason="gift", key=f"gift:{name}")
    return her


def claiming(her: MemberId) -> Claiming:
    def claim(uow: UnitOfWork) -> bool:
        try:
            with uow.attempt():
                claims.take(uow, COUNTER, Asking(her, 1, NOON))
        except Refusal:
            return False
        return True

    return claim


def at_once(store: Store, work: Sequence[Callable[[UnitOfWork], bool]]) -> int:
    """Run units of work on threads, as replicas do; SQLite has one writer anyway."""

    def again(use_case: Callable[[UnitOfWork], bool]) -> bool:
        for _ in range(5):
            try:
                return store.do(use_case)
            except OperationalError as exc:  # the writer would try again
                if getattr(exc.orig, "sqlstate", "") not in COLLISIONS:
                    raise
        raise AssertionError("five conflicts in a row")

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return sum(threads.map(again, work))


def stock(store: Store) -> tuple[int, int]:
    """Return what the goods say is taken, and what the claims say."""
    goods = store.do(lambda uow: claims.one(uow, 1))
    assert goods is not None
    return goods.taken, len(store.do(lambda uow: uow.run(PLACES)))


@pytest.mark.parametrize("hours", [0, 24], ids=["paid", "reserved"])
def test_a_hundred_at_once_get_twenty_each_once(store_on_both: Store, hours: int) -> None:
    store = store_on_both
    store.do(lambda uow: uow.run(GOODS, points=PRICE, hours=hours, coupon=""))
    people = [member(store, f"m{number}") for number in range(100)]
    assert at_once(store, [claiming(her) for her in people]) == STOCK
    assert stock(store) == (STOCK, STOCK)
    places = store.do(lambda uow: uow.run(PLACES))
    assert [row[0] for row in places] == [*range(1, STOCK + 1)]
    has = [store.do(partial(points.balance, member=her)) for her in people]
    assert sorted(has) == [45] * STOCK + [50] * 80
    assert store.do(points.books_balance) == []


def test_one_after_the_other_the_first_twenty_have_it(store_on_both: Store) -> None:
    store = store_on_both
    store.do(lambda uow: uow.run(GOODS, points=0, hours=0, coupon=""))
    people = [member(store, f"m{number}") for number in range(25)]
    got = [her for her in people if store.do(claiming(her))]
    assert got == people[:STOCK]


def test_two_hundred_taps_of_one_member_are_one(store_on_both: Store) -> None:
    store = store_on_both
    store.do(lambda uow: uow.run(GOODS, points=PRICE, hours=0, coupon="fifty"))
    her = member(store, "amei", 5000)
    assert at_once(store, [claiming(her)] * 200) == 1
    assert stock(store) == (1, 1)
    assert len(store.do(lambda uow: coupons.of_member(uow, her))) == 1
    assert store.do(lambda uow: points.balance(uow, her)) == 5000 - PRICE


def test_claims_and_cancellations_side_by_side_keep_the_stock(store_on_both: Store) -> None:
    store = store_on_both
    store.do(lambda uow: uow.run(GOODS, points=PRICE, hours=0, coupon=""))
    people = [member(store, f"m{number}") for number in range(60)]

    def back_and_forth(her: MemberId) -> Callable[[UnitOfWork], bool]:
        def give_up(uow: UnitOfWork) -> bool:
            claim = claims.hers(uow, her, 1)
            if claim is None:
                return False
            try:
                with uow.attempt():
                    claims.cancel(uow, claim.id, by="member", why="test", member=her)
            except Refusal:
                return False
            return True

        return give_up

    work = [step for her in people for step in (claiming(her), back_and_forth(her), claiming(her))]
    at_once(store, work)
    taken, live = stock(store)
    assert taken == live <= STOCK
    assert store.do(points.books_balance) == []


def test_a_hand_over_and_the_end_of_the_time_agree(store_on_both: Store) -> None:
    store = store_on_both
    store.do(lambda uow: uow.run(GOODS, points=PRICE, hours=1, coupon=""))
    people = [member(store, f"m{number}") for number in range(STOCK)]
    at_once(store, [claiming(her) for her in people])
    codes = store.do(lambda uow: [one.code for one in claims.of_goods(uow, 1)])
    store.clock.tick(hours=1)

    def handing(code: str) -> Callable[[UnitOfWork], bool]:
        def hand(uow: UnitOfWork) -> bool:
            try:
                with uow.attempt():
                    claims.hand_over(uow, code, by="lin")
            except Refusal:
                return False
            return True

        return hand

    ending = [lambda uow: claims.expire_next(uow) is not None] * STOCK * 2
    work = [step for pair in zip(map(handing, codes), ending, strict=False) for step in pair]
    at_once(store, [*work, *ending])
    assert stock(store) == (0, 0)
    has = [store.do(partial(points.standing, member=her)) for her in people]
    assert {(each.spendable, each.held) for each in has} == {(50, 0)}
    assert store.do(points.books_balance) == []


def test_before_its_end_one_is_handed_over_once(store_on_both: Store) -> None:
    store = store_on_both
    store.do(lambda uow: uow.run(GOODS, points=PRICE, hours=1, coupon=""))
    her = member(store, "amei")
    store.do(claiming(her))
    code = store.do(lambda uow: [one.code for one in claims.of_goods(uow, 1)])[0]

    def hand(uow: UnitOfWork) -> bool:
        try:
            with uow.attempt():
                claims.hand_over(uow, code, by="lin")
        except Refusal:
            return False
        return True

    assert at_once(store, [hand] * 50) == 1
    assert store.do(lambda uow: points.balance(uow, her)) == 50 - PRICE
    assert store.do(points.books_balance) == []

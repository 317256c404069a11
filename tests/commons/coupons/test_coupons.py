"""Coupons: issued once, redeemed once, refused exactly."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.commons import coupons, members
from bot.commons.coupons import Coupon, CouponRefused, Kind, State, Why
from bot.commons.coupons.reads import BY_CODE, OF_MEMBER
from bot.commons.coupons.service import ENDING
from bot.kernel.errors import Refusal
from bot.kernel.events import CouponExpiresSoon
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.work import Statement, UnitOfWork
from tests.kit.rooms import NOON, Store
from tests.kit.talk import renderer

ZONE = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
FIFTY = Kind(name="fifty", title="满 300 减 50", face_fen=5000, minimum_fen=30000)
CUP = Kind(name="cup", title="第六杯半价", percent_off=50, stackable=True, transferable=True)
fresh = count(1)


def member(store: Store, name: str = "amei") -> MemberId:
    return store.do(lambda uow: members.resolve(uow, ChannelName("kefu"), name, NOON))


def issue(
    store: Store, who: MemberId, kind: Kind = FIFTY, key: str = "k", ends: datetime = NOON + DAY
) -> Coupon:
    return store.do(
        lambda uow: coupons.issue(uow, who, kind, key=key, reason="rule", valid_until=ends)
    )


def redeem(
    store: Store,
    code: str,
    spend_fen: int = 40000,
    *,
    order: str = "",
    who: MemberId | None = None,
) -> Coupon:
    return store.do(
        lambda uow: coupons.redeem(
            uow,
            code,
            by="lisi",
            order_ref=order,
            spend_fen=spend_fen,
            zone=ZONE,
            member=who,
            store="静安店",
        )
    )


def refused(act: Callable[[], object]) -> tuple[Why, str]:
    """Return why something is refused, and the words."""
    with pytest.raises(CouponRefused) as caught:
        act()
    return caught.value.why, renderer("wallet")(caught.value.template, **caught.value.words)


def test_a_rule_issues_once(store_on_both: Store) -> None:
    amei = member(store_on_both)

    first = issue(store_on_both, amei, key="birthday:1:2026")

    assert issue(store_on_both, amei, key="birthday:1:2026") == first
    assert issue(store_on_both, amei, key="birthday:1:2027") != first
    assert store_on_both.count("coupons") == store_on_both.count("audit") == 2
    with pytest.raises(ValueError, match="is a fifty"):
        issue(store_on_both, amei, CUP, key="birthday:1:2026")


def test_it_takes_off_what_it_says_and_is_used_up(store_on_both: Store) -> None:
    amei = member(store_on_both)
    fifty, cup = issue(store_on_both, amei), issue(store_on_both, amei, CUP, "c")

    used = redeem(store_on_both, fifty.code, 30000, order="o1")

    assert (used.state, used.off_fen, used.store) == (State.REDEEMED, 5000, "静安店")
    assert redeem(store_on_both, fifty.code, 30000, order="o1") == used  # asked again
    assert redeem(store_on_both, cup.code.lower(), 3333).off_fen == 1666
    assert refused(lambda: redeem(store_on_both, fifty.code)) == (
        Why.USED,
        "这张“满 300 减 50”已经用过了：2026-08-24 12:00，在静安店，订单 o1，由 lisi 核销。",
    )


def test_every_refusal_says_exactly_why(store: Store) -> None:
    amei, lily = member(store), member(store, "lily")
    coupon = issue(store, amei)
    code = coupon.code.replace("-", "")
    typo = next(code[:-1] + sign for sign in "346789ACEFHJKMPRTXY" if sign != code[-1])

    why, words = refused(lambda: redeem(store, typo))
    assert why is Why.TYPO
    assert typo in words
    assert "听错或打错了一位" in words
    assert refused(lambda: redeem(store, coupon.code, 29999)) == (
        Why.MINIMUM,
        "这张“满 300 减 50”满 300.00 元可用，还差 0.01 元。",
    )
    assert refused(lambda: redeem(store, coupon.code, who=lily)) == (
        Why.NOT_HERS,
        "这张“满 300 减 50”不是她的，只能本人使用。",
    )
    assert refused(lambda: redeem(store, coupon.code, 0))[0] is Why.NO_AMOUNT
    store.do(lambda uow: uow.run(Statement("UPDATE coupons SET code = '333333333'")))
    assert refused(lambda: redeem(store, coupon.code))[0] is Why.UNKNOWN


def test_the_last_instant_counts_and_the_next_does_not(store_on_both: Store) -> None:
    amei = member(store_on_both)
    ends = FIFTY.ends(NOON, ZONE)
    assert ends.isoformat() == "2026-09-24T00:00:00+08:00"
    one, other = (issue(store_on_both, amei, key=key, ends=ends) for key in "ab")

    store_on_both.clock.at = ends - timedelta(microseconds=1)
    assert redeem(store_on_both, one.code).off_fen == 5000
    store_on_both.clock.at = ends

    assert refused(lambda: redeem(store_on_both, other.code)) == (
        Why.EXPIRED,
        "这张“满 300 减 50”已经过期：用到 2026-09-23 为止。",
    )


def test_two_on_one_order_only_if_both_may(store_on_both: Store) -> None:
    amei = member(store_on_both)
    fifty = issue(store_on_both, amei)
    cups = [issue(store_on_both, amei, CUP, key) for key in "ab"]

    for cup in cups:
        redeem(store_on_both, cup.code, order="o1")

    assert refused(lambda: redeem(store_on_both, fifty.code, order="o1")) == (
        Why.NOT_STACKABLE,
        "这一单已经用了“第六杯半价”，两张不能一起用。",
    )
    assert redeem(store_on_both, fifty.code, order="o2").off_fen == 5000


def test_a_redemption_can_be_undone_for_a_while(store_on_both: Store) -> None:
    coupon = issue(store_on_both, member(store_on_both))
    redeem(store_on_both, coupon.code, order="o1")

    def undo() -> Coupon:
        return store_on_both.do(
            lambda uow: coupons.unredeem(uow, coupon.code, by="lisi", why="错了", within_minutes=30)
        )

    assert undo() == coupon
    assert refused(undo)[0] is Why.NOT_USED
    redeem(store_on_both, coupon.code)
    store_on_both.clock.tick(minutes=31)
    assert refused(undo) == (Why.TOO_LATE, "核销超过 30 分钟，不能撤销了。")


def test_only_what_is_unused_can_be_revoked(store_on_both: Store) -> None:
    amei = member(store_on_both)
    one, other = issue(store_on_both, amei, key="a"), issue(store_on_both, amei, key="b")
    redeem(store_on_both, other.code)

    def revoke(key: str) -> Coupon | None:
        return store_on_both.do(lambda uow: coupons.revoke(uow, key, by="bot", why="refund"))

    assert [one and one.state for one in map(revoke, ("a", "a", "b", "never"))] == [
        State.REVOKED,
        State.REVOKED,
        State.REDEEMED,
        None,
    ]
    assert refused(lambda: redeem(store_on_both, one.code))[1] == (
        "这张“满 300 减 50”已经作废：2026-08-24 12:00。"
    )


def test_only_some_can_be_given_away(store_on_both: Store) -> None:
    amei, lily = member(store_on_both), member(store_on_both, "lily")
    fifty, cup = issue(store_on_both, amei), issue(store_on_both, amei, CUP, "c")

    def give(code: str) -> Coupon:
        return store_on_both.do(lambda uow: coupons.transfer(uow, code, amei, lily, zone=ZONE))

    assert give(cup.code).member == lily
    assert refused(lambda: give(cup.code))[0] is Why.NOT_HERS
    assert refused(lambda: give(fifty.code)) == (
        Why.FIXED,
        "这张“满 300 减 50”不能转给别人。",
    )
    assert redeem(store_on_both, cup.code, who=amei).state is State.REDEEMED  # whoever brings it


def test_lists_and_counts(store_on_both: Store) -> None:
    amei = member(store_on_both)
    soon = issue(store_on_both, amei, key="soon")
    over = issue(store_on_both, amei, key="over", ends=NOON)
    later = issue(store_on_both, amei, key="later", ends=NOON + 2 * DAY)
    redeem(store_on_both, later.code)

    listed = store_on_both.do(lambda uow: coupons.of_member(uow, amei))
    counted = store_on_both.do(coupons.counts)

    assert [one.key for one in listed] == ["soon", "over", "later"]
    assert [one.is_usable for one in listed] == [True, False, False]
    assert {(one.state, one.count, one.off_fen) for one in counted} == {
        (State.USABLE, 1, 0),
        (State.EXPIRED, 1, 0),
        (State.REDEEMED, 1, 5000),
    }
    assert soon != over


def test_she_is_reminded_once(store_on_both: Store) -> None:
    amei = member(store_on_both)
    coupon = issue(store_on_both, amei, ends=NOON + 3 * DAY)
    issue(store_on_both, amei, key="far", ends=NOON + 4 * DAY)

    def remind() -> list[object]:
        with store_on_both.unit() as uow:
            coupons.remind(uow, days=3, most=9)
            return list(uow.events)

    event = CouponExpiresSoon(amei, coupon.id, coupon.title, coupon.code, coupon.valid_until)
    assert remind() == [event]
    assert remind() == []


@pytest.mark.parametrize(
    "kind",
    [
        {"face_fen": 1, "percent_off": 1},
        {},
        {"face_fen": -5},
        {"percent_off": 101},
        {"face_fen": 1, "minimum_fen": -1},
        {"face_fen": 1, "valid_days": 0},
        {"face_fen": 1, "colour": "red"},
    ],
)
def test_a_kind_that_makes_no_sense_is_refused(kind: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Kind.model_validate({"name": "n", "title": "t", **kind})


DEEDS = st.lists(
    st.sampled_from(["issue", "redeem", "revoke", "undo", "day"]), min_size=1, max_size=20
)


def live(store: Store, deeds: list[str]) -> None:
    store.clock.at = NOON
    key, done = f"k{next(fresh)}", 0
    with store.unit() as uow:
        who = members.resolve(uow, ChannelName("kefu"), key, NOON)
        for deed in deeds:
            before = coupons.by_key(uow, key)
            if deed == "issue":
                ends = NOON + 3 * DAY
                coupons.issue(uow, who, FIFTY, key=key, reason="r", valid_until=ends)
            elif deed == "day":
                store.clock.tick(days=1)
            elif before is not None:
                done += act(uow, deed, before)
            now = coupons.by_key(uow, key)
            assert done in (0, 1)
            assert done == (now is not None and now.state is State.REDEEMED)


def act(uow: UnitOfWork, deed: str, coupon: Coupon) -> int:
    """Do it; return by how much the number of redemptions that stand changed."""
    try:
        with uow.attempt():
            if deed == "redeem":
                coupons.redeem(uow, coupon.code, by="lisi", spend_fen=30000, zone=ZONE)
                return 1
            if deed == "undo":
                coupons.unredeem(uow, coupon.code, by="lisi", why="", within_minutes=9)
                return -1
            coupons.revoke(uow, coupon.key, by="lisi", why="")
    except Refusal:
        pass
    return 0


@settings(max_examples=60)
@given(DEEDS)
def test_in_any_order_it_is_redeemed_at_most_once(
    tmp_path_factory: pytest.TempPathFactory, deeds: list[str]
) -> None:
    store = Store(tmp_path_factory.mktemp("coupons"))
    live(store, deeds)
    store.close()


def test_in_any_order_on_both(store_on_both: Store) -> None:
    @settings(max_examples=25)
    @given(DEEDS)
    def check(deeds: list[str]) -> None:
        live(store_on_both, deeds)

    check()


@pytest.mark.parametrize("where", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_fifty_who_redeem_at_once_are_one(
    where: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    store = Store(tmp_path, request.getfixturevalue("postgres") if where == "postgres" else "")
    coupon = issue(store, member(store))

    def try_it(number: int) -> bool:
        try:
            redeem(store, coupon.code, order=f"o{number}")
        except CouponRefused:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(try_it, range(50))) == 1
    assert store.count("audit") == 2
    store.close()


@pytest.mark.parametrize("statement", [BY_CODE, OF_MEMBER, ENDING])
def test_the_statements_use_indexes(store: Store, statement: Statement) -> None:
    plan = store.plan(statement, code="c", member=1, now=1, most=9, horizon=9)

    assert "SCAN coupons" not in plan

"""Claiming (领取): one claim is goods, stock and points together, or nothing.

What decides is a unique slot for the member and one conditional UPDATE of the stock, which comes
last: its row is what everybody waits for. Lock order: claim, points, goods.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.commons import coupons, points
from bot.commons.claims import reads
from bot.commons.claims.reads import ClaimView, GoodsView
from bot.commons.claims.rules import OnShelf, Stand, is_open
from bot.commons.coupons import Kind
from bot.commons.coupons.codes import draw
from bot.kernel import crash
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.ports import Groups
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

SPENT_ON = "mall"
"""The house account that gets the points."""

_SLOTS = Statement(
    "SELECT COUNT(slot), COALESCE(MAX(slot), 0) FROM mall_claims"
    " WHERE goods_id = :goods AND member_id = :member"
)
_ENTER = Statement(
    "INSERT INTO mall_claims (goods_id, member_id, slot, place, points, state, code, sent_at, at,"
    " until, reminded, closed_by) VALUES (:goods, :member, :slot, 0, :points, :state, :code,"
    " :sent, :now, :until, 0, '') ON CONFLICT DO NOTHING RETURNING id"
)
_TAKE = Statement(
    "UPDATE mall_goods SET taken = taken + 1"
    " WHERE id = :goods AND taken < stock AND state = 'open' RETURNING taken"
)
_PLACE = Statement("UPDATE mall_claims SET place = :place WHERE id = :id")
_GIVEN = Statement(
    "UPDATE mall_claims SET state = 'done', closed_at = :now, closed_by = 'bot' WHERE id = :id"
)
_WISH = Statement(
    "INSERT INTO mall_wishes (member_id, goods_id, points, at) VALUES (:member, :goods, :points,"
    " :at) ON CONFLICT (member_id) DO UPDATE SET goods_id = :goods, points = :points, at = :at"
)
_YES = Statement("DELETE FROM mall_wishes WHERE member_id = :member RETURNING goods_id, points, at")
_TRIES = 20


class NoSuchGoods(Refusal):
    """There are no goods of this number, or not for her."""

    template = "mall/no_goods.txt.j2"


class NotOpen(Refusal):
    """Not yet, not any more, or taken from the shelf."""

    template = "mall/not_open.txt.j2"


class NotForHer(Refusal):
    """They are for others; said with whom they are for."""

    template = "mall/not_for_her.txt.j2"


class SoldOut(Refusal):
    """Nothing is left; nothing was written."""

    template = "mall/sold_out.txt.j2"


class HasHers(Refusal):
    """She has as many as one member may have; nothing was written."""

    template = "mall/has_hers.txt.j2"


class TooPoor(Refusal):
    """They cost more points than she has; nothing was written."""

    template = "mall/too_poor.txt.j2"


class NothingToConfirm(Refusal):
    """Nothing was asked, or too long ago, or the price has changed since."""

    template = "mall/nothing_to_confirm.txt.j2"


@dataclass(frozen=True, slots=True)
class Counter:
    """What the house knows that a claim depends on."""

    groups: Groups
    kinds: Mapping[str, Kind]
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Asking:
    """Who wants what. `at` is when she sent it; that decides whether it was open."""

    member: MemberId
    goods: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a claim."""

    claim: ClaimView
    goods: GoodsView
    balance: int
    coupon: coupons.Coupon | None


def look(uow: UnitOfWork, counter: Counter, asking: Asking) -> GoodsView:
    """Return goods that a member may claim now; there may be none left meanwhile.

    Raises:
        NoSuchGoods: there are none, or others are let in before her.
        NotForHer: they are for others.
        NotOpen: not yet or not any more, by when she sent it.
        HasHers: she has as many as she may.
        SoldOut: all are taken.
    """
    goods = _for_her(uow, counter, asking)
    has = uow.run(_SLOTS, goods=goods.id, member=asking.member)[0]
    if integer(has[0]) >= goods.per_member:
        raise _has_hers(uow, goods, asking.member)
    if not goods.left:
        raise SoldOut(f"goods {goods.id}", goods=goods)
    return goods


def _for_her(uow: UnitOfWork, counter: Counter, asking: Asking) -> GoodsView:
    goods = reads.one(uow, asking.goods)
    if goods is None or goods.state is OnShelf.WITHDRAWN:
        raise NoSuchGoods(f"goods {asking.goods}", number=asking.goods)
    early = reads.is_early(uow, goods, asking.member, counter.groups)
    opens = goods.opens_for(early=early)
    if goods.early and asking.at < goods.opens_for(early=early) and not early:
        raise NoSuchGoods(f"goods {asking.goods}, not yet hers", number=asking.goods)
    if not reads.is_for(uow, goods, asking.member, counter.groups):
        raise NotForHer(f"goods {goods.id}", goods=goods)
    stopped = goods.state is OnShelf.STOPPED or not _has_kind(uow, counter, goods)
    if stopped or not is_open(opens, goods.closes_at, asking.at):
        is_early = goods.state is OnShelf.OPEN and asking.at < opens
        opens_at = opens.astimezone(counter.zone)
        raise NotOpen(f"goods {goods.id}", goods=goods, is_early=is_early, opens_at=opens_at)
    return goods


def _has_kind(uow: UnitOfWork, counter: Counter, goods: GoodsView) -> bool:
    """Return False for a kind of coupon that is not there any more, or has ended."""
    if not goods.coupon:
        return True
    kind, now = counter.kinds.get(goods.coupon), uow.clock.now()
    return kind is not None and kind.ends(now, counter.zone) > now


def _has_hers(uow: UnitOfWork, goods: GoodsView, member: MemberId) -> HasHers:
    claim = reads.hers(uow, member, goods.id)
    return HasHers(f"goods {goods.id}", goods=goods, claim=claim)


def ask(uow: UnitOfWork, counter: Counter, asking: Asking) -> GoodsView:
    """Note what a member is asked to confirm; see `look` for what may be refused."""
    goods = look(uow, counter, asking)
    has = points.balance(uow, asking.member)
    if has < goods.points:
        raise TooPoor(f"goods {goods.id}", goods=goods, balance=has)
    values = {"member": asking.member, "goods": goods.id, "points": goods.points}
    uow.run(_WISH, at=micros(asking.at), **values)
    return goods


def confirm(
    uow: UnitOfWork, counter: Counter, member: MemberId, at: datetime, *, within_minutes: int
) -> Taken:
    """Claim what was asked about last: once, however often she says yes.

    Raises:
        NothingToConfirm: nothing was, or it was too long ago, or it costs something else now.
    """
    rows = uow.run(_YES, member=member)
    if not rows:
        raise NothingToConfirm("nothing was asked", why="nothing")
    goods, price, asked_at = integer(rows[0][0]), integer(rows[0][1]), instant(rows[0][2])
    if at > asked_at + timedelta(minutes=within_minutes):
        raise NothingToConfirm("too long ago", why="late", number=goods)
    return take(uow, counter, Asking(member, goods, at), price=price)


def take(uow: UnitOfWork, counter: Counter, asking: Asking, *, price: int | None = None) -> Taken:
    """Claim one piece: pay or reserve, and get the coupon where it is one.

    A refusal takes back what was written before it: the caller's `attempt` does.

    Args:
        uow: the unit of work.
        counter: what a claim depends on.
        asking: who wants what.
        price: what she was told that it costs; None where she was not asked.

    Raises:
        NothingToConfirm: it costs something else now.
        TooPoor: she cannot pay for it.
        Refusal: see `look`.
    """
    goods = look(uow, counter, asking)
    if price is not None and price != goods.points:
        raise NothingToConfirm("another price", why="price", number=goods.id)
    number = _enter(uow, goods, asking)
    balance = _pay(uow, goods, asking.member, number)
    crash.step("mall.paid")
    taken = uow.run(_TAKE, goods=goods.id)
    if not taken:
        raise SoldOut(f"goods {goods.id}", goods=goods)
    uow.run(_PLACE, id=number, place=taken[0][0])
    coupon = _give_coupon(uow, counter, goods, asking.member, number)
    crash.step("mall.taken")
    claim = reads.claim(uow, number)
    assert claim is not None  # noqa: S101 - it was written just now
    return Taken(claim, goods, balance, coupon)


def _enter(uow: UnitOfWork, goods: GoodsView, asking: Asking) -> int:
    """Write the claim into her next slot; whoever writes a slot has it."""
    now = uow.clock.now()
    until = micros(now + timedelta(hours=goods.reserve_hours)) if goods.reserve_hours else None
    values = {"goods": goods.id, "member": asking.member}
    for _ in range(_TRIES):
        count, last = map(integer, uow.run(_SLOTS, **values)[0])
        if count >= goods.per_member:
            raise _has_hers(uow, goods, asking.member)
        if rows := uow.run(
            _ENTER,
            **values,
            slot=last + 1,
            points=goods.points,
            state=Stand.HELD if until else Stand.GOT,
            code=draw(),
            sent=micros(asking.at),
            now=micros(now),
            until=until,
        ):
            return integer(rows[0][0])
    raise RuntimeError("no slot is free")  # somebody was quicker twenty times in a row


def _pay(uow: UnitOfWork, goods: GoodsView, member: MemberId, number: int) -> int:
    if not goods.points:
        return points.balance(uow, member)
    pay = points.hold if goods.reserve_hours else points.spend
    try:
        return pay(uow, member, goods.points, reason=SPENT_ON, key=payment_key(number)).balance
    except points.NotEnoughPoints as exc:
        has = points.balance(uow, member)
        raise TooPoor(str(exc), goods=goods, balance=has) from exc


def _give_coupon(
    uow: UnitOfWork, counter: Counter, goods: GoodsView, member: MemberId, number: int
) -> coupons.Coupon | None:
    if not goods.coupon:
        return None
    kind, now = counter.kinds[goods.coupon], uow.clock.now()
    ends, key = kind.ends(now, counter.zone), coupon_key(number)
    coupon = coupons.issue(uow, member, kind, key=key, reason=SPENT_ON, valid_until=ends)
    uow.run(_GIVEN, id=number, now=micros(now))
    return coupon


def payment_key(claim: int) -> str:
    """Return the key under which a claim is paid, or its points are held."""
    return f"mall:{claim}"


def coupon_key(claim: int) -> str:
    """Return the key of the coupon that a claim has brought."""
    return f"mall:{claim}"

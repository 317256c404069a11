"""Coupons (优惠券): issued once by key, redeemed once, whatever runs at the same time.

What decides is one conditional UPDATE; the reading before it only finds the words of a refusal.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.commons import audit
from bot.commons.coupons import codes
from bot.commons.coupons.reads import (
    COLUMNS,
    Coupon,
    CouponRefused,
    State,
    Why,
    by_key,
    find,
    read,
)
from bot.commons.coupons.rules import Kind, off
from bot.kernel.events import CouponExpiresSoon
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import micros

_ISSUE = Statement(
    "INSERT INTO coupons (key, code, member_id, kind, title, face_fen, percent_off, minimum_fen,"
    " stackable, transferable, stores, reason, made_by, issued_at, valid_until, state, closed_by,"
    " order_ref, store, off_fen, reminded) VALUES (:key, :code, :member, :kind, :title, :face_fen,"
    " :percent_off, :minimum_fen, :stackable, :transferable, :stores, :reason, :who, :now, :ends,"
    " 'issued', '', '', '', 0, 0) ON CONFLICT DO NOTHING RETURNING id"
)
_ON_ORDER = Statement(
    f"{COLUMNS} WHERE order_ref = :order_ref AND state = 'redeemed' AND id <> :id ORDER BY id"
)
REDEEM = Statement(
    "UPDATE coupons SET state = 'redeemed', closed_at = :now, closed_by = :by,"
    " order_ref = :order_ref, store = :store, off_fen = :off WHERE id = :id"
    " AND state = 'issued' AND valid_until > :now RETURNING id"
)
_UNREDEEM = Statement(
    "UPDATE coupons SET state = 'issued', closed_at = NULL, closed_by = '', order_ref = '',"
    " store = '', off_fen = 0 WHERE id = :id AND state = 'redeemed' AND closed_at >= :since"
    " RETURNING id"
)
_REVOKE = Statement(
    "UPDATE coupons SET state = 'revoked', closed_at = :now, closed_by = :by"
    " WHERE id = :id AND state = 'issued' RETURNING id"
)
_TRANSFER = Statement(
    "UPDATE coupons SET member_id = :to WHERE id = :id AND member_id = :member"
    " AND state = 'issued' AND transferable = 1 AND valid_until > :now RETURNING id"
)
ENDING = Statement(
    f"{COLUMNS} WHERE state = 'issued' AND reminded = 0 AND valid_until > :now"
    " AND valid_until <= :horizon ORDER BY valid_until, id LIMIT :most"
)
_REMINDED = Statement(
    "UPDATE coupons SET reminded = 1 WHERE id = :id AND reminded = 0 RETURNING id"
)
_TRIES = 20
_INSTANT = timedelta(microseconds=1)


def issue(
    uow: UnitOfWork,
    member: MemberId,
    kind: Kind,
    *,
    key: str,
    reason: str,
    valid_until: datetime,
    who: str = "bot",
) -> Coupon:
    """Give a member a coupon; once, however often it is asked for. Written to the audit.

    Args:
        uow: the unit of work.
        member: who gets it.
        kind: its terms, which are kept with it.
        key: rule, member and period, `birthday:17:2026`: the same key is the same coupon.
        reason: what for, as a word of the code.
        valid_until: from then on it is not taken; `kind.ends(now, zone)` by the kind's own rule.
        who: the operator who decided it; `bot` when a rule did.

    Raises:
        ValueError: the key is another member's or another kind's coupon.
    """
    terms = kind.model_dump(include={"title", "face_fen", "percent_off", "minimum_fen", "stores"})
    values = {"key": key, "member": member, "kind": kind.name, "reason": reason, "who": who}
    for _ in range(_TRIES):
        if uow.run(
            _ISSUE,
            **values,
            **terms,
            code=codes.draw(),
            stackable=int(kind.stackable),
            transferable=int(kind.transferable),
            now=micros(uow.clock.now()),
            ends=micros(valid_until),
        ):
            audit.record(uow, who, "coupons.issued", f"{kind.name}: {reason}", member=member)
            return _issued(uow, key)
        if (known := by_key(uow, key)) is not None:
            if known.kind != kind.name:
                raise ValueError(f"{key!r} is a {known.kind}, not a {kind.name}")
            return known
    raise RuntimeError("no code is free")  # the same code twenty times in a row


def usable(uow: UnitOfWork, code: str, *, zone: ZoneInfo) -> Coupon:
    """Return the coupon of a code as it was typed, which could be used now.

    Raises:
        CouponRefused: there is none, or it was used, taken back, or has ended.
    """
    coupon = find(uow, code)
    _refuse_state(coupon, zone)
    return coupon


def redeem(
    uow: UnitOfWork,
    code: str,
    *,
    by: str,
    order_ref: str = "",
    spend_fen: int,
    zone: ZoneInfo,
    member: MemberId | None = None,
    store: str = "",
) -> Coupon:
    """Use a coupon up; `off_fen` of the answer is what it takes off. Written to the audit.

    Args:
        uow: the unit of work.
        code: as it was typed.
        by: the operator or shop that takes it.
        order_ref: the order; asked again for the same one, the answer is the same.
        spend_fen: what she spends, before it.
        zone: whose clocks tell when it was used, or ended.
        member: who brings it, where that is known.
        store: where, in words.

    Raises:
        CouponRefused: it can't be used; `why` says why.
    """
    if order_ref:  # two coupons on one order at once see each other
        uow.take_turns({f"order:{order_ref}"})
    coupon = find(uow, code)
    if coupon.state is State.REDEEMED and order_ref and coupon.order_ref == order_ref:
        return coupon
    _refuse_state(coupon, zone)
    _refuse_order(uow, coupon, order_ref, spend_fen, member)
    taken = uow.run(
        REDEEM,
        id=coupon.id,
        now=micros(uow.clock.now()),
        by=by,
        order_ref=order_ref,
        store=store,
        off=off(coupon.face_fen, coupon.percent_off, spend_fen),
    )
    if not taken:  # somebody was quicker
        _refuse_state(find(uow, code), zone)
    audit.record(uow, by, "coupons.redeemed", _about(coupon, order_ref), member=coupon.member)
    return find(uow, code)


def unredeem(uow: UnitOfWork, code: str, *, by: str, why: str, within_minutes: int) -> Coupon:
    """Undo a redemption that was a mistake. Written to the audit.

    Raises:
        CouponRefused: it was not redeemed, or longer ago than `within_minutes`.
    """
    coupon = find(uow, code)
    since = micros(uow.clock.now() - timedelta(minutes=within_minutes))
    if not uow.run(_UNREDEEM, id=coupon.id, since=since):
        used = coupon.state is State.REDEEMED
        raise CouponRefused(Why.TOO_LATE if used else Why.NOT_USED, coupon, minutes=within_minutes)
    audit.record(uow, by, "coupons.unredeemed", f"{coupon.kind}: {why}", member=coupon.member)
    return find(uow, code)


def revoke(uow: UnitOfWork, key: str, *, by: str, why: str) -> Coupon | None:
    """Take back a coupon that is not used yet, expired ones too. Written to the audit.

    Returns:
        How it stands afterwards: `revoked`, or `redeemed` when it was too late. None without
        such a coupon.
    """
    coupon = by_key(uow, key)
    if coupon is not None and uow.run(_REVOKE, id=coupon.id, now=micros(uow.clock.now()), by=by):
        audit.record(uow, by, "coupons.revoked", f"{coupon.kind}: {why}", member=coupon.member)
    return by_key(uow, key)


def transfer(
    uow: UnitOfWork, code: str, member: MemberId, to: MemberId, *, zone: ZoneInfo
) -> Coupon:
    """Let a member give a coupon to another.

    Raises:
        CouponRefused: it is not hers, not usable, or of a kind that stays with its owner.
    """
    coupon = find(uow, code)
    _refuse_state(coupon, zone)
    if coupon.member != member:
        raise CouponRefused(Why.NOT_HERS, coupon)
    now = micros(uow.clock.now())
    if not uow.run(_TRANSFER, id=coupon.id, member=member, to=to, now=now):
        raise CouponRefused(Why.FIXED, coupon)
    audit.record(uow, "member", "coupons.transferred", coupon.kind, member=to)
    return find(uow, code)


def remind(uow: UnitOfWork, *, days: int, most: int) -> bool:
    """Publish `CouponExpiresSoon`, once for each coupon; True when there may be more."""
    now = uow.clock.now()
    horizon = micros(now + timedelta(days=days))
    rows = uow.run(ENDING, now=micros(now), horizon=horizon, most=most) if days else []
    for one in (read(row, now) for row in rows):
        if uow.run(_REMINDED, id=one.id):
            uow.publish(CouponExpiresSoon(one.member, one.id, one.title, one.code, one.valid_until))
    return bool(rows) and len(rows) == most


def _refuse_state(coupon: Coupon, zone: ZoneInfo) -> None:
    if coupon.state is State.USABLE:
        return
    if coupon.state is State.EXPIRED:
        last = (coupon.valid_until - _INSTANT).astimezone(zone).date()
        raise CouponRefused(Why.EXPIRED, coupon, when=last.isoformat())
    closed = (coupon.closed_at or coupon.issued_at).astimezone(zone)
    why = Why.USED if coupon.state is State.REDEEMED else Why.REVOKED
    raise CouponRefused(why, coupon, when=closed.strftime("%Y-%m-%d %H:%M"))


def _refuse_order(
    uow: UnitOfWork, coupon: Coupon, order_ref: str, spend_fen: int, member: MemberId | None
) -> None:
    if spend_fen < 1:
        raise CouponRefused(Why.NO_AMOUNT, coupon)
    if member is not None and member != coupon.member and not coupon.transferable:
        raise CouponRefused(Why.NOT_HERS, coupon)
    if (missing := coupon.minimum_fen - spend_fen) > 0:
        raise CouponRefused(Why.MINIMUM, coupon, missing_fen=missing)
    if not order_ref:
        return
    now = uow.clock.now()
    others = [read(row, now) for row in uow.run(_ON_ORDER, order_ref=order_ref, id=coupon.id)]
    if others and not (coupon.stackable and all(one.stackable for one in others)):
        raise CouponRefused(Why.NOT_STACKABLE, coupon, said=others[0].title)


def _about(coupon: Coupon, order_ref: str) -> str:
    return f"{coupon.kind}: order {order_ref}" if order_ref else coupon.kind


def _issued(uow: UnitOfWork, key: str) -> Coupon:
    coupon = by_key(uow, key)
    assert coupon is not None  # noqa: S101 - it was written just now
    return coupon

"""Coupons (优惠券): issued once by key, redeemed once, whatever runs at the same time.

What decides is one conditional UPDATE; the reading before it only finds the words of a refusal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.commons import audit
from bot.commons.coupons import codes
from bot.commons.coupons.rules import Kind, off
from bot.kernel.errors import Refusal
from bot.kernel.events import CouponExpiresSoon
from bot.kernel.ids import MemberId
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_ISSUE = Statement(
    "INSERT INTO coupons (key, code, member_id, kind, title, face_fen, percent_off, minimum_fen,"
    " stackable, transferable, stores, reason, made_by, issued_at, valid_until, state, closed_by,"
    " order_ref, store, off_fen, reminded) VALUES (:key, :code, :member, :kind, :title, :face_fen,"
    " :percent_off, :minimum_fen, :stackable, :transferable, :stores, :reason, :who, :now, :ends,"
    " 'issued', '', '', '', 0, 0) ON CONFLICT DO NOTHING RETURNING id"
)
_COLUMNS = (
    "SELECT id, key, code, member_id, kind, title, face_fen, percent_off, minimum_fen, stackable,"
    " transferable, stores, reason, issued_at, valid_until, state, closed_at, closed_by,"
    " order_ref, store, off_fen FROM coupons"
)
_BY_KEY = Statement(f"{_COLUMNS} WHERE key = :key")
BY_CODE = Statement(f"{_COLUMNS} WHERE code = :code")
OF_MEMBER = Statement(
    f"{_COLUMNS} WHERE member_id = :member ORDER BY CASE WHEN state = 'issued' AND"
    " valid_until > :now THEN 0 ELSE 1 END, valid_until, id LIMIT :most"
)
_RECENT = Statement(f"{_COLUMNS} ORDER BY id DESC LIMIT :most")
_REDEEMED = Statement(
    f"{_COLUMNS} WHERE state = 'redeemed' ORDER BY closed_at DESC, id DESC LIMIT :most"
)
_ON_ORDER = Statement(
    f"{_COLUMNS} WHERE order_ref = :order_ref AND state = 'redeemed' AND id <> :id ORDER BY id"
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
_COUNTS = Statement(
    "SELECT kind, title, CASE WHEN state = 'issued' AND valid_until <= :now THEN 'expired'"
    " ELSE state END, COUNT(*), SUM(off_fen) FROM coupons GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
)
ENDING = Statement(
    f"{_COLUMNS} WHERE state = 'issued' AND reminded = 0 AND valid_until > :now"
    " AND valid_until <= :horizon ORDER BY valid_until, id LIMIT :most"
)
_REMINDED = Statement(
    "UPDATE coupons SET reminded = 1 WHERE id = :id AND reminded = 0 RETURNING id"
)
_TRIES = 20
_INSTANT = timedelta(microseconds=1)
_MOST_OF_MEMBER = 500


class State(StrEnum):
    """Where a coupon stands."""

    USABLE = "issued"
    REDEEMED = "redeemed"
    REVOKED = "revoked"
    EXPIRED = "expired"


class Why(StrEnum):
    """Why a coupon is not taken; the words of `wallet/coupon_refused.txt.j2`."""

    TYPO = "typo"
    """The code can't be one: a character was misread or misheard."""
    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"
    MINIMUM = "minimum"
    NOT_HERS = "not_hers"
    NOT_STACKABLE = "not_stackable"
    NO_AMOUNT = "no_amount"
    NOT_USED = "not_used"
    """There is no redemption to undo."""
    TOO_LATE = "too_late"
    """It was redeemed too long ago to be undone."""
    FIXED = "fixed"
    """It can't be given to somebody else."""


class CouponRefused(Refusal):
    """A coupon is not taken; nothing was written. `why` and `coupon` say all there is to say.

    `when` is told by the clocks of the community: of its use or revocation, or its last day.
    """

    template = "wallet/coupon_refused.txt.j2"

    def __init__(self, why: Why, coupon: "Coupon | None" = None, **words: object) -> None:
        given: dict[str, object] = {"missing_fen": 0, "minutes": 0, "said": "", "when": "", **words}
        super().__init__(f"coupon refused: {why}", why=why.value, coupon=coupon, **given)
        self.why = why
        self.coupon = coupon


@dataclass(frozen=True, slots=True)
class Coupon:
    """A coupon as it stands."""

    id: int
    key: str
    code: str
    """In groups, as it is shown and read aloud."""
    member: MemberId
    kind: str
    title: str
    face_fen: int
    percent_off: int
    minimum_fen: int
    stackable: bool
    transferable: bool
    stores: str
    reason: str
    issued_at: datetime
    valid_until: datetime
    state: State
    closed_at: datetime | None
    """When it was redeemed or revoked."""
    closed_by: str
    order_ref: str
    store: str
    off_fen: int

    @property
    def is_usable(self) -> bool:
        """Return True while it can be redeemed."""
        return self.state is State.USABLE


@dataclass(frozen=True, slots=True)
class Count:
    """How many coupons of a kind are in a state, and what they took off together."""

    kind: str
    title: str
    state: State
    count: int
    off_fen: int


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
            return _there(uow, key)
        if (known := by_key(uow, key)) is not None:
            if known.kind != kind.name:
                raise ValueError(f"{key!r} is a {known.kind}, not a {kind.name}")
            return known
    raise RuntimeError("no code is free")  # the same code twenty times in a row


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


def find(uow: UnitOfWork, code: str) -> Coupon:
    """Return the coupon of a code as it was typed.

    Raises:
        CouponRefused: it has a typo, or there is none.
    """
    heard = codes.heard(code)
    if heard is None:
        raise CouponRefused(Why.TYPO, said=code[:40])
    if rows := uow.run(BY_CODE, code=heard):
        return _read(rows[0], uow.clock.now())
    raise CouponRefused(Why.UNKNOWN, said=codes.spoken(heard))


def by_key(uow: UnitOfWork, key: str) -> Coupon | None:
    """Return the coupon that was issued by a key."""
    rows = uow.run(_BY_KEY, key=key)
    return _read(rows[0], uow.clock.now()) if rows else None


def of_member(
    uow: UnitOfWork, member: MemberId, *, most: int = _MOST_OF_MEMBER
) -> Sequence[Coupon]:
    """Return a member's coupons: usable ones first, the next to end at the top."""
    now = uow.clock.now()
    rows = uow.run(OF_MEMBER, member=member, now=micros(now), most=most)
    return [_read(row, now) for row in rows]


def recent(uow: UnitOfWork, *, most: int, redeemed: bool = False) -> Sequence[Coupon]:
    """Return the coupons issued last, or those redeemed last."""
    now = uow.clock.now()
    return [_read(row, now) for row in uow.run(_REDEEMED if redeemed else _RECENT, most=most)]


def counts(uow: UnitOfWork) -> Sequence[Count]:
    """Return how many coupons of each kind are usable, redeemed, revoked, expired."""
    return [
        Count(str(kind), str(title), State(str(state)), integer(count), int(str(off_fen)))
        for kind, title, state, count, off_fen in uow.run(_COUNTS, now=micros(uow.clock.now()))
    ]


def remind(uow: UnitOfWork, *, days: int, most: int) -> bool:
    """Publish `CouponExpiresSoon`, once for each coupon; True when there may be more."""
    now = uow.clock.now()
    horizon = micros(now + timedelta(days=days))
    rows = uow.run(ENDING, now=micros(now), horizon=horizon, most=most) if days else []
    for one in (_read(row, now) for row in rows):
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
    others = [_read(row, now) for row in uow.run(_ON_ORDER, order_ref=order_ref, id=coupon.id)]
    if others and not (coupon.stackable and all(one.stackable for one in others)):
        raise CouponRefused(Why.NOT_STACKABLE, coupon, said=others[0].title)


def _about(coupon: Coupon, order_ref: str) -> str:
    return f"{coupon.kind}: order {order_ref}" if order_ref else coupon.kind


def _there(uow: UnitOfWork, key: str) -> Coupon:
    return _read(uow.run(_BY_KEY, key=key)[0], uow.clock.now())


def _read(row: Row, now: datetime) -> Coupon:
    ends, state = instant(row[14]), State(str(row[15]))
    return Coupon(
        integer(row[0]),
        str(row[1]),
        codes.spoken(str(row[2])),
        MemberId(integer(row[3])),
        str(row[4]),
        str(row[5]),
        integer(row[6]),
        integer(row[7]),
        integer(row[8]),
        bool(row[9]),
        bool(row[10]),
        str(row[11]),
        str(row[12]),
        instant(row[13]),
        ends,
        State.EXPIRED if state is State.USABLE and ends <= now else state,
        None if row[16] is None else instant(row[16]),
        str(row[17]),
        str(row[18]),
        str(row[19]),
        integer(row[20]),
    )

"""What coupons look like, and how they are found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.commons.coupons import codes
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

COLUMNS = (
    "SELECT id, key, code, member_id, kind, title, face_fen, percent_off, minimum_fen, stackable,"
    " transferable, stores, reason, issued_at, valid_until, state, closed_at, closed_by,"
    " order_ref, store, off_fen FROM coupons"
)
_BY_KEY = Statement(f"{COLUMNS} WHERE key = :key")
BY_CODE = Statement(f"{COLUMNS} WHERE code = :code")
OF_MEMBER = Statement(
    f"{COLUMNS} WHERE member_id = :member ORDER BY CASE WHEN state = 'issued' AND"
    " valid_until > :now THEN 0 ELSE 1 END, valid_until, id LIMIT :most"
)
_OF_REASON = Statement(
    f"{COLUMNS} WHERE reason = :reason AND state = 'issued' ORDER BY id LIMIT :most"
)
_RECENT = Statement(f"{COLUMNS} ORDER BY id DESC LIMIT :most")
_REDEEMED = Statement(
    f"{COLUMNS} WHERE state = 'redeemed' ORDER BY closed_at DESC, id DESC LIMIT :most"
)
_COUNTS = Statement(
    "SELECT kind, title, CASE WHEN state = 'issued' AND valid_until <= :now THEN 'expired'"
    " ELSE state END, COUNT(*), SUM(off_fen) FROM coupons GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
)
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


def find(uow: UnitOfWork, code: str) -> Coupon:
    """Return the coupon of a code as it was typed.

    Raises:
        CouponRefused: it has a typo, or there is none.
    """
    heard = codes.heard(code)
    if heard is None:
        raise CouponRefused(Why.TYPO, said=code[:40])
    if rows := uow.run(BY_CODE, code=heard):
        return read(rows[0], uow.clock.now())
    raise CouponRefused(Why.UNKNOWN, said=codes.spoken(heard))


def by_key(uow: UnitOfWork, key: str) -> Coupon | None:
    """Return the coupon that was issued by a key."""
    rows = uow.run(_BY_KEY, key=key)
    return read(rows[0], uow.clock.now()) if rows else None


def of_member(
    uow: UnitOfWork, member: MemberId, *, most: int = _MOST_OF_MEMBER
) -> Sequence[Coupon]:
    """Return a member's coupons: usable ones first, the next to end at the top."""
    now = uow.clock.now()
    rows = uow.run(OF_MEMBER, member=member, now=micros(now), most=most)
    return [read(row, now) for row in rows]


def unused_for(uow: UnitOfWork, reason: str, *, most: int) -> Sequence[Coupon]:
    """Return coupons that were issued for a reason and not used, expired ones too."""
    now = uow.clock.now()
    return [read(row, now) for row in uow.run(_OF_REASON, reason=reason, most=most)]


def recent(uow: UnitOfWork, *, most: int, redeemed: bool = False) -> Sequence[Coupon]:
    """Return the coupons issued last, or those redeemed last."""
    now = uow.clock.now()
    return [read(row, now) for row in uow.run(_REDEEMED if redeemed else _RECENT, most=most)]


def counts(uow: UnitOfWork) -> Sequence[Count]:
    """Return how many coupons of each kind are usable, redeemed, revoked, expired."""
    return [
        Count(str(kind), str(title), State(str(state)), integer(count), int(str(off_fen)))
        for kind, title, state, count, off_fen in uow.run(_COUNTS, now=micros(uow.clock.now()))
    ]


def read(row: Row, now: datetime) -> Coupon:
    """Return a row of `COLUMNS` as a coupon, as it stands at `now`."""
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

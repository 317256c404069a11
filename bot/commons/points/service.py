"""The ledger of points (积分): every point comes from somewhere and goes somewhere.

A booking is idempotent by its key, a member's balance is never negative, and what is kept
as balance equals the sum of the entries and of what is left of her lots, whatever runs at the
same time.

Lock order: a hold's row, then the member's account, then entries.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.commons import audit
from bot.commons.points import lots
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

ERASED = "erased"
"""The house account that takes over the entries of erased members."""

DEBT = "debt"
"""The house account that lends what a member has spent of points that are taken back."""

_REFUND_LASTS = timedelta(days=7)
"""What is given back stays spendable for at least so long."""

_MEMBER_AND_HOUSE = (
    " FROM point_accounts h, point_accounts m WHERE h.house = :house AND m.member_id = :member"
    " ON CONFLICT (key) DO NOTHING RETURNING id"
)
_INTO = (
    "INSERT INTO point_entries (key, debit, credit, points, reason, made_by, at, rest, expires_at) "
)
AWARD = Statement(
    _INTO
    + "SELECT :key, h.id, m.id, :points, :reason, :made_by, :at, :points, :expires"
    + _MEMBER_AND_HOUSE
)
SPEND = Statement(
    _INTO
    + "SELECT :key, m.id, h.id, :points, :reason, :made_by, :at, 0, :expires"
    + _MEMBER_AND_HOUSE
)
ADD = Statement(
    "UPDATE point_accounts SET balance = balance + :points WHERE member_id = :member"
    " RETURNING balance - held, debt, id"
)
TAKE = Statement(
    "UPDATE point_accounts SET balance = balance - :points"
    " WHERE member_id = :member AND balance - held >= :points RETURNING balance - held, debt, id"
)
_LEND = Statement(
    "UPDATE point_accounts SET balance = balance + :points, debt = debt + :points"
    " WHERE member_id = :member RETURNING id"
)
_PAY_BACK = Statement(
    "UPDATE point_accounts SET balance = balance - :points, debt = debt - :points"
    " WHERE member_id = :member RETURNING balance - held"
)
# An update that changes nothing holds the row: nobody books on it until this is settled.
_LOCK = Statement(
    "UPDATE point_accounts SET held = held WHERE member_id = :member RETURNING balance - held"
)
BALANCE = Statement("SELECT balance - held FROM point_accounts WHERE member_id = :member")
LATEST = Statement(
    "SELECT * FROM (SELECT e.id, e.at, e.points, e.reason FROM point_entries e"
    " WHERE e.credit = (SELECT id FROM point_accounts WHERE member_id = :member)"
    " ORDER BY e.id DESC LIMIT :count) gains"
    " UNION ALL "
    "SELECT * FROM (SELECT e.id, e.at, -e.points, e.reason FROM point_entries e"
    " WHERE e.debit = (SELECT id FROM point_accounts WHERE member_id = :member)"
    " ORDER BY e.id DESC LIMIT :count) losses"
    " ORDER BY 1 DESC LIMIT :count"
)
_OPEN_MEMBER = Statement(
    "INSERT INTO point_accounts (member_id, balance) VALUES (:member, 0)"
    " ON CONFLICT (member_id) DO NOTHING"
)
_OPEN_HOUSE = Statement(
    "INSERT INTO point_accounts (house) VALUES (:house) ON CONFLICT (house) DO NOTHING"
)
_BOOKED = Statement(
    "SELECT e.points, e.reason, d.member_id, d.house, c.member_id, c.house, e.id, e.expires_at"
    " FROM point_entries e JOIN point_accounts d ON d.id = e.debit"
    " JOIN point_accounts c ON c.id = e.credit WHERE e.key = :key"
)
_FORGET = Statement("DELETE FROM point_entries WHERE id = :id")


class NotEnoughPoints(Refusal):
    """The balance is smaller than what is to be taken; nothing was written.

    The room that takes points gives the words: it raises a refusal of its own from this
    one, or subclasses it with a template, to which `balance` and `needed` are given.
    """


@dataclass(frozen=True, slots=True)
class Booking:
    """What became of a wish to move points."""

    balance: int
    """What the member can spend afterwards."""
    is_new: bool
    """False when the key was booked before: nothing has moved."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as a member sees it; negative points are points given away."""

    at: datetime
    points: int
    reason: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """Points between a member and a house account, one way or the other."""

    member: MemberId
    house: str
    points: int
    to_member: bool


@dataclass(frozen=True, slots=True)
class Booked:
    """An entry that is there."""

    id: int
    transfer: Transfer
    reason: str
    expires: int
    """Microseconds."""


def award(
    uow: UnitOfWork,
    member: MemberId,
    points: int,
    *,
    reason: str,
    key: str,
    made_by: str = "",
    expires_at: datetime | None = None,
) -> Booking:
    """Give a member points out of the house account named like the reason: a new lot.

    What she owes is paid back from it at once (see `reverse`).

    Args:
        uow: the unit of work.
        member: who gets them.
        points: how many; 1 or more.
        reason: what for, as a word of the code, for example `checkin`.
        key: the same key is the same award, however often it is asked for.
        made_by: the operator who decided it; empty when a rule did.
        expires_at: when what is left of them expires; None for the community's rule
            (`[points] expire_months`).

    Raises:
        ValueError: `points` is below 1, or `key` is booked with something else.
    """
    transfer = Transfer(member, reason, _positive(points), to_member=True)
    expires = lots.NEVER_MICROS if expires_at is None else micros(expires_at)
    return book(uow, transfer, reason=reason, key=key, made_by=made_by, expires=expires)


def spend(
    uow: UnitOfWork, member: MemberId, points: int, *, reason: str, key: str, made_by: str = ""
) -> Booking:
    """Take points from a member into the house account named like the reason.

    The lots that expire first are taken first. What is held can't be spent.

    Args:
        uow: the unit of work.
        member: who gives them.
        points: how many; 1 or more.
        reason: what for, as a word of the code, for example `lottery`.
        key: the same key is the same purchase, however often it is asked for.
        made_by: the operator who decided it; empty when the member did.

    Raises:
        NotEnoughPoints: the balance is smaller than `points`; nothing was written.
        ValueError: `points` is below 1, or `key` is booked with something else.
    """
    transfer = Transfer(member, reason, _positive(points), to_member=False)
    return book(uow, transfer, reason=reason, key=key, made_by=made_by)


def reverse(uow: UnitOfWork, key: str, *, made_by: str, why: str) -> Booking:
    """Book an entry back; once, however often it is asked for. Written to the audit.

    What was spent comes back as a lot that lasts as long as what it was taken from, and a week
    at least. What was awarded and is spent meanwhile becomes a debt: the house lends it, so that
    the balance is never negative, and the next awards pay it back.

    Args:
        uow: the unit of work.
        key: the key of the entry that was a mistake.
        made_by: the operator who decided it; `bot` when a rule did.
        why: the reason, for the audit.

    Raises:
        LookupError: no entry has this key, or it lends or pays back, which follows from others.
    """
    found = find(uow, key)
    if found is None or found.transfer.house == DEBT:
        raise LookupError(f"no entry {key!r} that can be reversed")
    if found.transfer.to_member:
        booking = _take_back(uow, found, key, made_by)
    else:
        booking = _give_back(uow, found, key, made_by)
    if booking.is_new:
        audit.record(uow, made_by, "points.reversed", why, member=found.transfer.member)
    return booking


def _give_back(uow: UnitOfWork, found: Booked, key: str, made_by: str) -> Booking:
    back = replace(found.transfer, to_member=True)
    lasts = max(found.expires, micros(uow.clock.now() + _REFUND_LASTS))
    back_key = f"reverse:{key}"
    return book(uow, back, reason=found.reason, key=back_key, made_by=made_by, expires=lasts)


def _take_back(uow: UnitOfWork, found: Booked, key: str, made_by: str) -> Booking:
    back = replace(found.transfer, to_member=False)
    there = uow.run(_LOCK, member=back.member)
    back_key = f"reverse:{key}"
    if find(uow, back_key) is None and (short := back.points - integer(there[0][0])) > 0:
        _lend(uow, back.member, short, key=f"debt:{back_key}")
    return book(uow, back, reason=found.reason, key=back_key, made_by=made_by, first=found.id)


def _lend(uow: UnitOfWork, member: MemberId, points: int, *, key: str) -> None:
    """Lend a member what is about to be taken back from her; it never lies in a lot for long."""
    loan = Transfer(member, DEBT, points, to_member=True)
    _write(uow, loan, reason=DEBT, key=key, made_by="", expires=lots.NEVER_MICROS)
    uow.run(_LEND, member=member, points=points)


def is_booked(uow: UnitOfWork, key: str) -> bool:
    """Return True when an entry has this key."""
    return find(uow, key) is not None


def balance(uow: UnitOfWork, member: MemberId) -> int:
    """Return how many points a member can spend: what is held is not among them."""
    rows = uow.run(BALANCE, member=member)
    return integer(rows[0][0]) if rows else 0


def latest(uow: UnitOfWork, member: MemberId, count: int) -> list[Line]:
    """Return a member's last `count` entries, the newest first."""
    return [
        Line(instant(at), integer(points), str(reason))
        for _, at, points, reason in uow.run(LATEST, member=member, count=count)
    ]


def book(
    uow: UnitOfWork,
    transfer: Transfer,
    *,
    reason: str,
    key: str,
    made_by: str,
    expires: int = lots.NEVER_MICROS,
    first: int = lots.NO_LOT,
) -> Booking:
    """Write the entry first: whoever writes the key moves the points, and nobody else."""
    entry = _write(uow, transfer, reason=reason, key=key, made_by=made_by, expires=expires)
    if entry is None:
        return Booking(balance(uow, transfer.member), is_new=False)
    moved = _get if transfer.to_member else _give
    return Booking(moved(uow, transfer, entry, first), is_new=True)


def _write(
    uow: UnitOfWork, transfer: Transfer, *, reason: str, key: str, made_by: str, expires: int
) -> int | None:
    """Write an entry; None when it is there already."""
    statement = AWARD if transfer.to_member else SPEND
    values = {
        "key": key,
        "house": transfer.house,
        "member": transfer.member,
        "points": transfer.points,
        "reason": reason,
        "made_by": made_by,
        "at": micros(uow.clock.now()),
        "expires": expires,
    }
    while not (written := uow.run(statement, **values)):
        if (found := find(uow, key)) is not None:
            _same(found.transfer, transfer, key)
            return None
        open_accounts(uow, transfer.member, transfer.house)
    return integer(written[0][0])


def open_accounts(uow: UnitOfWork, member: MemberId, house: str) -> None:
    """See to it that both have an account."""
    uow.run(_OPEN_HOUSE, house=house)
    uow.run(_OPEN_MEMBER, member=member)


def _get(uow: UnitOfWork, transfer: Transfer, entry: int, _first: int) -> int:
    """Add to the balance; a debt is paid back at once, from the new lot."""
    has, debt, account = uow.run(ADD, member=transfer.member, points=transfer.points)[0]
    if not debt:
        return integer(has)
    payment = Transfer(transfer.member, DEBT, min(integer(debt), transfer.points), to_member=False)
    key = f"debt:paid:{entry}"
    paid = _write(uow, payment, reason=DEBT, key=key, made_by="", expires=lots.NEVER_MICROS)
    rows = uow.run(_PAY_BACK, member=payment.member, points=payment.points)
    lots.take(uow, integer(account), payment.points, entry=paid or 0, first=entry)
    return integer(rows[0][0])


def _give(uow: UnitOfWork, transfer: Transfer, entry: int, first: int) -> int:
    taken = uow.run(TAKE, member=transfer.member, points=transfer.points)
    if not taken:
        uow.run(_FORGET, id=entry)
        raise NotEnoughPoints(
            f"member {transfer.member} needs {transfer.points} points",
            balance=balance(uow, transfer.member),
            needed=transfer.points,
        )
    has, _, account = taken[0]
    lots.take(uow, integer(account), transfer.points, entry=entry, first=first)
    return integer(has)


def _same(booked: Transfer, wanted: Transfer, key: str) -> None:
    if booked != wanted:
        raise ValueError(f"{key!r} is booked as {booked}, not as {wanted}")


def find(uow: UnitOfWork, key: str) -> Booked | None:
    """Return the entry with this key; None when there is none with a member."""
    rows = uow.run(_BOOKED, key=key)
    if not rows or (rows[0][2] is None and rows[0][4] is None):
        return None
    points, reason, from_member, from_house, to_member, to_house, entry, expires = rows[0]
    transfer = Transfer(
        MemberId(integer(from_member if to_member is None else to_member)),
        str(to_house if to_member is None else from_house),
        integer(points),
        to_member=to_member is not None,
    )
    return Booked(integer(entry), transfer, str(reason), integer(expires))


def _positive(points: int) -> int:
    if points < 1:
        raise ValueError(f"points={points}: an entry moves at least 1")
    return points

"""The ledger of points (积分): every point comes from somewhere and goes somewhere.

A booking is idempotent by its key, a member's balance is never negative, and what is kept
as balance equals the sum of the entries, whatever runs at the same time.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.commons import audit
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

ERASED = "erased"
"""The house account that takes over the entries of erased members."""

_MEMBER_AND_HOUSE = (
    " FROM point_accounts h, point_accounts m WHERE h.house = :house AND m.member_id = :member"
    " ON CONFLICT (key) DO NOTHING RETURNING id"
)
_INTO = "INSERT INTO point_entries (key, debit, credit, points, reason, made_by, at) "
AWARD = Statement(
    _INTO + "SELECT :key, h.id, m.id, :points, :reason, :made_by, :at" + _MEMBER_AND_HOUSE
)
SPEND = Statement(
    _INTO + "SELECT :key, m.id, h.id, :points, :reason, :made_by, :at" + _MEMBER_AND_HOUSE
)
ADD = Statement(
    "UPDATE point_accounts SET balance = balance + :points WHERE member_id = :member"
    " RETURNING balance"
)
TAKE = Statement(
    "UPDATE point_accounts SET balance = balance - :points"
    " WHERE member_id = :member AND balance >= :points RETURNING balance"
)
BALANCE = Statement("SELECT balance FROM point_accounts WHERE member_id = :member")
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
    "SELECT e.points, e.reason, d.member_id, d.house, c.member_id, c.house"
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
    """The member's balance afterwards."""
    is_new: bool
    """False when the key was booked before: nothing has moved."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as a member sees it; negative points are points given away."""

    at: datetime
    points: int
    reason: str


@dataclass(frozen=True, slots=True)
class _Transfer:
    member: MemberId
    house: str
    points: int
    to_member: bool


def award(
    uow: UnitOfWork, member: MemberId, points: int, *, reason: str, key: str, made_by: str = ""
) -> Booking:
    """Give a member points out of the house account named like the reason.

    Args:
        uow: the unit of work.
        member: who gets them.
        points: how many; 1 or more.
        reason: what for, as a word of the code, for example `checkin`.
        key: the same key is the same award, however often it is asked for.
        made_by: the operator who decided it; empty when a rule did.

    Raises:
        ValueError: `points` is below 1, or `key` is booked with something else.
    """
    transfer = _Transfer(member, reason, _positive(points), to_member=True)
    return _book(uow, transfer, reason=reason, key=key, made_by=made_by)


def spend(
    uow: UnitOfWork, member: MemberId, points: int, *, reason: str, key: str, made_by: str = ""
) -> Booking:
    """Take points from a member into the house account named like the reason.

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
    transfer = _Transfer(member, reason, _positive(points), to_member=False)
    return _book(uow, transfer, reason=reason, key=key, made_by=made_by)


def reverse(uow: UnitOfWork, key: str, *, made_by: str, why: str) -> Booking:
    """Book an entry back; once, however often it is asked for. Written to the audit.

    Args:
        uow: the unit of work.
        key: the key of the entry that was a mistake.
        made_by: the operator who decided it.
        why: the operator's reason, for the audit.

    Raises:
        LookupError: no entry has this key.
        NotEnoughPoints: the member has given these points away already.
    """
    found = _find(uow, key)
    if found is None:
        raise LookupError(f"no entry {key!r}")
    transfer, reason = found
    opposite = _Transfer(
        transfer.member, transfer.house, transfer.points, to_member=not transfer.to_member
    )
    booking = _book(uow, opposite, reason=reason, key=f"reverse:{key}", made_by=made_by)
    if booking.is_new:
        audit.record(uow, made_by, "points.reversed", why, member=transfer.member)
    return booking


def balance(uow: UnitOfWork, member: MemberId) -> int:
    """Return how many points a member has."""
    rows = uow.run(BALANCE, member=member)
    return integer(rows[0][0]) if rows else 0


def latest(uow: UnitOfWork, member: MemberId, count: int) -> list[Line]:
    """Return a member's last `count` entries, the newest first."""
    return [
        Line(instant(at), integer(points), str(reason))
        for _, at, points, reason in uow.run(LATEST, member=member, count=count)
    ]


def _book(uow: UnitOfWork, transfer: _Transfer, *, reason: str, key: str, made_by: str) -> Booking:
    """Write the entry first: whoever writes the key moves the points, and nobody else."""
    statement = AWARD if transfer.to_member else SPEND
    values = {
        "key": key,
        "house": transfer.house,
        "member": transfer.member,
        "points": transfer.points,
        "reason": reason,
        "made_by": made_by,
        "at": micros(uow.clock.now()),
    }
    written = uow.run(statement, **values)
    if not written:
        if (found := _find(uow, key)) is not None:
            return _same(uow, found[0], transfer, key)
        uow.run(_OPEN_HOUSE, house=transfer.house)
        uow.run(_OPEN_MEMBER, member=transfer.member)
        written = uow.run(statement, **values)
    if not written:  # another replica booked the key in between
        return _book(uow, transfer, reason=reason, key=key, made_by=made_by)
    return Booking(_move(uow, transfer, entry=written[0][0]), is_new=True)


def _move(uow: UnitOfWork, transfer: _Transfer, *, entry: object) -> int:
    statement = ADD if transfer.to_member else TAKE
    moved = uow.run(statement, member=transfer.member, points=transfer.points)
    if moved:
        return integer(moved[0][0])
    uow.run(_FORGET, id=entry)
    raise NotEnoughPoints(
        f"member {transfer.member} needs {transfer.points} points",
        balance=balance(uow, transfer.member),
        needed=transfer.points,
    )


def _same(uow: UnitOfWork, booked: _Transfer, wanted: _Transfer, key: str) -> Booking:
    if booked != wanted:
        raise ValueError(f"{key!r} is booked as {booked}, not as {wanted}")
    return Booking(balance(uow, wanted.member), is_new=False)


def _find(uow: UnitOfWork, key: str) -> tuple[_Transfer, str] | None:
    """Return the transfer with this key and its reason; None when there is none."""
    rows = uow.run(_BOOKED, key=key)
    if not rows:
        return None
    points, reason, from_member, from_house, to_member, to_house = rows[0]
    member = from_member if to_member is None else to_member
    house = from_house if to_house is None else to_house
    transfer = _Transfer(
        MemberId(integer(member)), str(house), integer(points), to_member=to_member is not None
    )
    return transfer, str(reason)


def _positive(points: int) -> int:
    if points < 1:
        raise ValueError(f"points={points}: an entry moves at least 1")
    return points

"""Holds (冻结): points that are reserved for something and not spent yet."""

from dataclasses import dataclass
from datetime import datetime

from bot.commons.points.rules import NEVER
from bot.commons.points.service import (
    Booking,
    NotEnoughPoints,
    Transfer,
    balance,
    book,
    open_accounts,
)
from bot.kernel.ids import MemberId
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_PUT = Statement(
    "INSERT INTO point_holds (key, member_id, points, reason, state, at, until)"
    " VALUES (:key, :member, :points, :reason, 'held', :now, :until)"
    " ON CONFLICT (key) DO NOTHING RETURNING id"
)
_RESERVE = Statement(
    "UPDATE point_accounts SET held = held + :points"
    " WHERE member_id = :member AND balance - held >= :points RETURNING balance - held"
)
_FREE = Statement("UPDATE point_accounts SET held = held - :points WHERE member_id = :member")
_CLOSE = Statement(
    "UPDATE point_holds SET state = :state, closed_at = :now"
    " WHERE key = :key AND state = 'held' RETURNING member_id, points, reason"
)
_FORGET = Statement("DELETE FROM point_holds WHERE id = :id")
_COLUMNS = "SELECT key, member_id, points, reason, state, at, until FROM point_holds"
_FIND = Statement(f"{_COLUMNS} WHERE key = :key")
_OPEN_OF = Statement(f"{_COLUMNS} WHERE member_id = :member AND state = 'held' ORDER BY id")
DUE = Statement(f"{_COLUMNS} WHERE state = 'held' AND until <= :now ORDER BY until, id LIMIT :most")
_NEXT_DUE = Statement("SELECT MIN(until) FROM point_holds WHERE state = 'held' AND until > :after")


@dataclass(frozen=True, slots=True)
class Hold:
    """Points that are reserved."""

    key: str
    member: MemberId
    points: int
    reason: str
    state: str
    """`held`, `released` or `captured`."""
    at: datetime
    until: datetime | None
    """When it releases by itself; None for never."""


def hold(
    uow: UnitOfWork,
    member: MemberId,
    points: int,
    *,
    reason: str,
    key: str,
    until: datetime | None = None,
) -> Booking:
    """Reserve points of a member, so that nothing else can spend them.

    Args:
        uow: the unit of work.
        member: whose points.
        points: how many; 1 or more.
        reason: what for; the house account that gets them by `capture`.
        key: the same key is the same hold, even when it is over; `capture` books under it.
        until: when it releases by itself; None for never.

    Raises:
        NotEnoughPoints: she can't spend as many; nothing was written.
        ValueError: `points` is below 1, or `key` holds something else.
    """
    if points < 1:
        raise ValueError(f"points={points}: a hold has at least 1")
    now, ends = micros(uow.clock.now()), micros(until or NEVER)
    wanted = {"member": member, "points": points, "reason": reason}
    written = uow.run(_PUT, key=key, now=now, until=ends, **wanted)
    if not written:
        if (known := find_hold(uow, key)) is None or _about(known) != wanted:
            raise ValueError(f"{key!r} holds {known}, not {wanted}")
        return Booking(balance(uow, member), is_new=False)
    if reserved := uow.run(_RESERVE, member=member, points=points):
        return Booking(integer(reserved[0][0]), is_new=True)
    uow.run(_FORGET, id=written[0][0])
    has = balance(uow, member)
    raise NotEnoughPoints(f"member {member} needs {points} points", balance=has, needed=points)


def release(uow: UnitOfWork, key: str) -> bool:
    """Let held points be spent again; False when nothing is held by that key any more."""
    return _close(uow, key, "released") is not None


def capture(uow: UnitOfWork, key: str) -> Booking:
    """Spend what is held: into the house account named like its reason, under the hold's key.

    Raises:
        LookupError: nothing is held by that key, or it was released.
        ValueError: another entry has this key.
    """
    closed = _close(uow, key, "captured")
    if closed is None:
        known = find_hold(uow, key)
        if known is None or known.state != "captured":
            raise LookupError(f"nothing is held by {key!r}")
        return Booking(balance(uow, known.member), is_new=False)
    member, points, reason = closed
    open_accounts(uow, member, reason)
    transfer = Transfer(member, reason, points, to_member=False)
    return book(uow, transfer, reason=reason, key=key, made_by="")


def find_hold(uow: UnitOfWork, key: str) -> Hold | None:
    """Return the hold of a key, whatever became of it."""
    rows = uow.run(_FIND, key=key)
    return _read(rows[0]) if rows else None


def holds_of(uow: UnitOfWork, member: MemberId) -> list[Hold]:
    """Return what is held of a member's points, the oldest first."""
    return [_read(row) for row in uow.run(_OPEN_OF, member=member)]


def release_due(uow: UnitOfWork, *, most: int) -> bool:
    """Release holds whose time is over; True when there may be more."""
    rows = uow.run(DUE, now=micros(uow.clock.now()), most=most)
    for row in rows:
        release(uow, str(row[0]))
    return len(rows) == most


def next_release(uow: UnitOfWork, after: datetime) -> datetime | None:
    """Return when the next hold releases by itself; None when none does."""
    at = uow.run(_NEXT_DUE, after=micros(after))[0][0]
    return None if at is None or at == micros(NEVER) else instant(at)


def _close(uow: UnitOfWork, key: str, state: str) -> tuple[MemberId, int, str] | None:
    rows = uow.run(_CLOSE, key=key, state=state, now=micros(uow.clock.now()))
    if not rows:
        return None
    member, points, reason = MemberId(integer(rows[0][0])), integer(rows[0][1]), str(rows[0][2])
    uow.run(_FREE, member=member, points=points)
    return member, points, reason


def _about(hold: Hold) -> dict[str, object]:
    return {"member": hold.member, "points": hold.points, "reason": hold.reason}


def _read(row: Row) -> Hold:
    key, member, points, reason, state, at, until = row
    ends = instant(until)
    return Hold(
        str(key),
        MemberId(integer(member)),
        integer(points),
        str(reason),
        str(state),
        instant(at),
        None if ends == NEVER else ends,
    )

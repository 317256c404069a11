"""Points that expire (过期): lots get their date, members are told, what is left is booked away.

Each step is safe to run twice and on two replicas at once, and takes a small bite.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.commons.points.lots import NEVER_MICROS, take
from bot.commons.points.rules import PointsSettings, expiry
from bot.kernel.events import PointsExpireSoon
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

EXPIRED = "expired"
"""The house account that gets what has expired."""

UNDATED = Statement(
    "SELECT id, at FROM point_entries WHERE rest > 0 AND expires_at = :never LIMIT :most"
)
_DATE = Statement(
    "UPDATE point_entries SET expires_at = :expires WHERE id = :id AND expires_at = :never"
)
# What is held expires last: it waits for what becomes of the hold.
DUE = Statement(
    "SELECT a.id FROM point_entries e JOIN point_accounts a ON a.id = e.credit"
    " WHERE e.rest > 0 AND e.expires_at <= :now AND a.member_id IS NOT NULL"
    " GROUP BY a.id, a.held HAVING SUM(e.rest) > a.held LIMIT :most"
)
_LOCK = Statement("UPDATE point_accounts SET held = held WHERE id = :account RETURNING held")
_DUE_OF = Statement(
    "SELECT COALESCE(SUM(rest), 0) FROM point_entries"
    " WHERE credit = :account AND rest > 0 AND expires_at <= :now"
)
_OPEN_HOUSE = Statement(
    "INSERT INTO point_accounts (house) VALUES (:house) ON CONFLICT (house) DO NOTHING"
)
# Its own last entry is older than the newest of all: no two have the same key.
_BOOK = Statement(
    "INSERT INTO point_entries (key, debit, credit, points, reason, made_by, at, rest, expires_at)"
    " SELECT 'expired:' || CAST(a.id AS VARCHAR(20)) || ':'"
    " || CAST((SELECT MAX(id) FROM point_entries) AS VARCHAR(20)),"
    " a.id, h.id, :points, h.house, '', :now, 0, :never"
    " FROM point_accounts a, point_accounts h"
    " WHERE a.id = :account AND h.house = :house RETURNING id"
)
_SUBTRACT = Statement("UPDATE point_accounts SET balance = balance - :points WHERE id = :account")
NEXT_DUE = Statement(
    "SELECT MIN(expires_at) FROM point_entries WHERE rest > 0 AND expires_at > :after"
)
SOON = Statement(
    "SELECT a.member_id, SUM(e.rest), MIN(e.expires_at) FROM point_entries e"
    " JOIN point_accounts a ON a.id = e.credit WHERE e.rest > 0 AND e.expires_at > :now"
    " AND e.expires_at <= :horizon AND e.expires_at > a.warned_until AND a.member_id IS NOT NULL"
    " GROUP BY a.member_id LIMIT :most"
)
_WARNED = Statement(
    "UPDATE point_accounts SET warned_until = :horizon"
    " WHERE member_id = :member AND warned_until < :horizon RETURNING id"
)
_SOON_OF = Statement(
    "SELECT e.expires_at, SUM(e.rest) FROM point_entries e"
    " WHERE e.credit = (SELECT id FROM point_accounts WHERE member_id = :member)"
    " AND e.rest > 0 AND e.expires_at < :never GROUP BY e.expires_at ORDER BY 1 LIMIT :most"
)


@dataclass(frozen=True, slots=True)
class Expiring:
    """Points of a member that expire together."""

    at: datetime
    points: int


def date_lots(uow: UnitOfWork, settings: PointsSettings, zone: ZoneInfo, *, most: int) -> bool:
    """Give lots without a date the one of the community's rule; True when there may be more."""
    if not settings.expire_months:
        return False
    now = uow.clock.now()
    rows = uow.run(UNDATED, never=NEVER_MICROS, most=most)
    for number, at in rows:
        ends = micros(expiry(instant(at), now, zone, settings))
        uow.run(_DATE, id=number, expires=ends, never=NEVER_MICROS)
    return len(rows) == most


def warn(uow: UnitOfWork, settings: PointsSettings, *, most: int) -> bool:
    """Publish `PointsExpireSoon` for members who were not told yet; True when there may be more."""
    now = uow.clock.now()
    horizon = micros(now + timedelta(days=settings.expire_warn_days))
    rows = uow.run(SOON, now=micros(now), horizon=horizon, most=most)
    for member, points, first in rows:
        if uow.run(_WARNED, member=member, horizon=horizon):
            event = PointsExpireSoon(MemberId(integer(member)), integer(points), instant(first))
            uow.publish(event)
    return len(rows) == most


def expire(uow: UnitOfWork, *, most: int) -> bool:
    """Book away what has expired and is not held; True when there may be more."""
    now = micros(uow.clock.now())
    rows = uow.run(DUE, now=now, most=most)
    if rows:
        uow.run(_OPEN_HOUSE, house=EXPIRED)
    for (account,) in sorted(rows, key=lambda row: integer(row[0])):
        _expire(uow, integer(account), now)
    return len(rows) == most


def _expire(uow: UnitOfWork, account: int, now: int) -> None:
    held = uow.run(_LOCK, account=account)
    if not held:  # erased or merged meanwhile
        return
    points = integer(uow.run(_DUE_OF, account=account, now=now)[0][0]) - integer(held[0][0])
    if points < 1:  # another replica was quicker
        return
    values = {"account": account, "points": points}
    entry = uow.run(_BOOK, house=EXPIRED, now=now, never=NEVER_MICROS, **values)[0][0]
    uow.run(_SUBTRACT, **values)
    take(uow, account, points, entry=integer(entry))


def next_expiry(uow: UnitOfWork, after: datetime) -> datetime | None:
    """Return when the next points expire; None when none do."""
    at = uow.run(NEXT_DUE, after=micros(after))[0][0]
    return None if at is None or at == NEVER_MICROS else instant(at)


def expiring_of(uow: UnitOfWork, member: MemberId, *, most: int) -> Sequence[Expiring]:
    """Return what of a member's points expires when, the next first."""
    rows = uow.run(_SOON_OF, member=member, never=NEVER_MICROS, most=most)
    return [Expiring(instant(at), integer(points)) for at, points in rows]

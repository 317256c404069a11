"""Badges (勋章): granted once, with the deeds that show why; never taken back by themselves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.commons import audit, coupons, deeds, orders
from bot.commons.deeds import Deed, Judged, first_run, longest_run, run_around
from bot.features.badges.book import Book
from bot.features.badges.matter import BADGE, Badge
from bot.kernel.events import DeedDone
from bot.kernel.ids import MemberId
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_ALIVE = timedelta(days=2)
_GRANT = Statement(
    "INSERT INTO badge_grants (member_id, code, title, day, at, evidence, untold)"
    " VALUES (:member, :code, :title, :day, :now, :evidence, :untold)"
    " ON CONFLICT (member_id, code) DO NOTHING RETURNING id"
)
_OF = Statement(
    "SELECT id, member_id, code, title, day, at, evidence, revoked_at FROM badge_grants"
    " WHERE member_id = :member ORDER BY day, id"
)
_ONE = Statement(
    "SELECT id, member_id, code, title, day, at, evidence, revoked_at FROM badge_grants"
    " WHERE id = :id"
)
_REVOKE = Statement(
    "UPDATE badge_grants SET revoked_at = :now, untold = 0 WHERE id = :id AND revoked_at IS NULL"
    " RETURNING member_id, code"
)
_RESTORE = Statement(
    "UPDATE badge_grants SET revoked_at = NULL WHERE id = :id AND revoked_at IS NOT NULL"
    " RETURNING member_id, code"
)
_SEEN = Statement("UPDATE badge_grants SET untold = 0 WHERE member_id = :member AND untold = 1")
UNTOLD = Statement(
    "SELECT DISTINCT member_id FROM badge_grants WHERE untold = 1 ORDER BY member_id LIMIT :most"
)
_UNTOLD_OF = Statement(
    "SELECT title FROM badge_grants WHERE member_id = :member AND untold = 1 ORDER BY id"
)


@dataclass(frozen=True, slots=True)
class Grant:
    """A badge that a member has, or had."""

    id: int
    member: MemberId
    code: str
    title: str
    day: date
    at: datetime
    evidence: tuple[int, ...]
    is_revoked: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How a badge stands for a member."""

    badge: Badge
    grant: Grant | None
    done: int
    """How far she is; at most `badge.needed`."""


def grants_of(uow: UnitOfWork, member: MemberId) -> list[Grant]:
    """Return all badges that a member has or had, the oldest first."""
    return [_grant(row) for row in uow.run(_OF, member=member)]


def grant(uow: UnitOfWork, number: int) -> Grant | None:
    """Return the grant of that number."""
    rows = uow.run(_ONE, id=number)
    return _grant(rows[0]) if rows else None


def standings(uow: UnitOfWork, book: Book, member: MemberId) -> list[Standing]:
    """Return every badge of the file, and how far she is."""
    has = {each.code: each for each in grants_of(uow, member) if not each.is_revoked}
    return [
        Standing(badge, has.get(badge.code), _done(uow, badge, member, has))
        for badge in book.badges.badge
    ]


def look(uow: UnitOfWork, book: Book, member: MemberId, deed: Deed) -> int:
    """Grant a member what she has earned, now that she did something.

    What she had once is not granted again, not even when it was revoked.
    """
    had = {each.code for each in grants_of(uow, member)}
    new, wanted = 0, {deed.kind}
    for badge in book.badges.badge:
        if badge.code in had or not any(badge.looks_at(kind) for kind in wanted):
            continue
        evidence = _evidence(uow, badge, member, near=deed.day)
        if evidence and _put(uow, book, badge, member, evidence, tells=True):
            new += 1
            wanted.add(BADGE + badge.code)
    return new


def give(uow: UnitOfWork, book: Book, event: DeedDone) -> bool:
    """Grant the badge that was promised for a deed; called as the promise was, without a file."""
    badge = book.badges.of(event.badge) or Badge.model_construct(
        code=event.badge, title=event.title
    )
    if any(each.code == badge.code for each in grants_of(uow, event.member)):
        return False
    return _put(uow, book, badge, event.member, [event.deed], tells=True)


def look_at(uow: UnitOfWork, book: Book, badge: Badge, member: MemberId) -> int:
    """Grant a member one badge if what she has done so far earns it."""
    if any(each.code == badge.code for each in grants_of(uow, member)):
        return 0
    if badge.looks_at("order_paid"):
        _bring_orders(uow, book, member)
    evidence = _evidence(uow, badge, member)
    return int(bool(evidence) and _put(uow, book, badge, member, evidence, tells=False))


def _bring_orders(uow: UnitOfWork, book: Book, member: MemberId) -> None:
    """Write down the orders that were paid before this room listened."""
    for order in orders.orders_of(uow, member):
        if order.counts:
            day = order.paid_at.astimezone(book.zone).date()
            deed = Deed("order_paid", str(order.id), member, order.paid_at, day, order.amount_fen)
            deeds.keep(uow, deed, judged=Judged.HISTORY)


def _put(
    uow: UnitOfWork,
    book: Book,
    badge: Badge,
    member: MemberId,
    evidence: Sequence[int],
    *,
    tells: bool,
) -> bool:
    now = uow.clock.now()
    values = {"code": badge.code, "title": badge.title, "untold": int(tells)}
    day = now.astimezone(book.zone).date().isoformat()
    ids = ",".join(map(str, evidence))
    if not uow.run(_GRANT, member=member, day=day, now=micros(now), evidence=ids, **values):
        return False
    audit.record(uow, "bot", "badges.granted", badge.code, member=member)
    if (kind := book.kinds.of(badge.coupon)) is not None:
        ends, key = kind.ends(now, book.zone), f"badge:{badge.code}:{member}"
        coupons.issue(uow, member, kind, key=key, reason="badge", valid_until=ends)
    return True


def _evidence(
    uow: UnitOfWork, badge: Badge, member: MemberId, *, near: date | None = None
) -> Sequence[int]:
    """Return the deeds that earn a badge; empty while it is not earned.

    A run of days is only looked for around the day `near`, if one is given.
    """
    if badge.of:
        found = list(_collected(uow, badge, member).values())
        return found if len(found) >= badge.needed else []
    kind, first = badge.on or "", badge.since
    if badge.times:
        found = deeds.times_of(uow, member, kind, first=first, most=badge.times)
        return found if len(found) == badge.times else []
    if badge.days:
        days = deeds.days_of(uow, member, kind, first=first, most=badge.days)
        return list(days.values()) if len(days) == badge.days else []
    last = None if near is None else near + timedelta(badge.needed - 1)
    if near is not None:
        first = max(first or date.min, near - timedelta(badge.needed - 1))
    days = deeds.days_of(uow, member, kind, first=first, last=last)
    return [days[day] for day in first_run(list(days), badge.needed)]


def _collected(uow: UnitOfWork, badge: Badge, member: MemberId) -> dict[str, int]:
    """Return the things of a collection that she has, each with a deed that shows it."""
    found: dict[str, int] = {}
    has = {each.code: each for each in grants_of(uow, member) if not each.is_revoked}
    for name in badge.of:
        if name.startswith(BADGE):
            if other := has.get(name.removeprefix(BADGE)):
                found[name] = other.evidence[-1]
        elif did := deeds.times_of(uow, member, name, first=badge.since, most=1):
            found[name] = did[0]
    return found


def _done(uow: UnitOfWork, badge: Badge, member: MemberId, has: Collection[str]) -> int:
    if badge.code in has:
        return badge.needed
    return min(_progress(uow, badge, member), badge.needed)


def _progress(uow: UnitOfWork, badge: Badge, member: MemberId) -> int:
    """Return how far she is; of a run of days, the one that can still grow."""
    if badge.of:
        return len(_collected(uow, badge, member))
    if badge.times:
        return deeds.count_of(uow, member, badge.on or "", badge.since)
    days = deeds.days_of(uow, member, badge.on or "", first=badge.since)
    if badge.days or not days:
        return len(days)
    last = max(days)
    first, _ = run_around(days, last)
    today = uow.clock.now().date()  # no zone is further from UTC than a day
    if (best := longest_run(days)) >= badge.needed:
        return best
    return (last - first).days + 1 if (today - last) <= _ALIVE else 0


def revoke(uow: UnitOfWork, number: int, *, who: str, why: str) -> Grant | None:
    """Take a badge away; None when she has it not. Written to the audit."""
    rows = uow.run(_REVOKE, id=number, now=micros(uow.clock.now()))
    return _noted(uow, number, rows, "badges.revoked", who=who, why=why)


def restore(uow: UnitOfWork, number: int, *, who: str, why: str) -> Grant | None:
    """Give back a badge that was taken away; None when it was not. Written to the audit."""
    rows = uow.run(_RESTORE, id=number)
    return _noted(uow, number, rows, "badges.restored", who=who, why=why)


def _noted(
    uow: UnitOfWork, number: int, rows: Sequence[Row], what: str, *, who: str, why: str
) -> Grant | None:
    for member, code in rows:
        audit.record(uow, who, what, f"{code}: {why}", member=MemberId(integer(member)))
    return grant(uow, number) if rows else None


def untold(uow: UnitOfWork, *, most: int) -> Sequence[MemberId]:
    """Return members who have a badge that they have not heard of."""
    return [MemberId(integer(row[0])) for row in uow.run(UNTOLD, most=most)]


def untold_of(uow: UnitOfWork, member: MemberId) -> Sequence[str]:
    """Return the badges that she has not heard of."""
    return [str(row[0]) for row in uow.run(_UNTOLD_OF, member=member)]


def seen(uow: UnitOfWork, member: MemberId) -> None:
    """Note that she has heard of all her badges."""
    uow.run(_SEEN, member=member)


def _grant(row: Row) -> Grant:
    number, member, code, title, day, at, evidence, revoked = row
    return Grant(
        integer(number),
        MemberId(integer(member)),
        str(code),
        str(title),
        date.fromisoformat(str(day)),
        instant(at),
        tuple(int(each) for each in str(evidence).split(",") if each),
        is_revoked=revoked is not None,
    )

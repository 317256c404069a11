"""Finds who has stayed away, who was recalled, and who came back."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commons import orders
from bot.features.recall.rules import CAME_BACK, Figures, RecallSettings, Type, lapsed_before
from bot.kernel.community import Community
from bot.kernel.ids import MemberId
from bot.kernel.work import Row, Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, integer, micros

_LATER = 2**62
_LAST = (
    "FROM orders o WHERE o.member_id IS NOT NULL AND o.paid_at < :before"
    f" AND {orders.counting('o')}"
    " AND NOT EXISTS (SELECT 1 FROM orders n WHERE n.member_id = o.member_id"
    " AND (n.paid_at > o.paid_at OR (n.paid_at = o.paid_at AND n.id > o.id))"
    f" AND {orders.counting('n')})"
)
_RECALLED = (
    "(EXISTS (SELECT 1 FROM recalls r WHERE r.order_id = o.id)"
    " OR EXISTS (SELECT 1 FROM recalls r JOIN orders p ON p.id = r.order_id"
    " WHERE r.member_id = o.member_id AND p.member_id = o.member_id"
    " AND r.at >= o.paid_at AND (r.at >= o.paid_at + :lapse OR r.at > :before)))"
)
"""True, too, when another order turns out to be her last, from which she had lapsed just so.

`:lapse` is how long that takes, in µs. An order told late that she had made shortly before she was
recalled begins anew, but nobody is recalled twice within that time unless she has ordered since.
"""
_LEFT_ALONE = (
    "(EXISTS (SELECT 1 FROM hushes h WHERE h.member_id = o.member_id"
    " AND h.kind IN ('quiet', 'offers'))"
    " OR EXISTS (SELECT 1 FROM conversation_owners w WHERE w.member_id = o.member_id)"
    " OR EXISTS (SELECT 1 FROM cases c WHERE c.member_id = o.member_id"
    " AND c.state <> 'closed' AND c.kind IN ('complaint', 'safety')))"
)
"""What `service.is_left_alone` would say of many; it has the last word."""
LAPSED = Statement(
    f"SELECT o.member_id, o.id, o.paid_at {_LAST} AND NOT {_RECALLED} AND NOT {_LEFT_ALONE}"
    " AND (o.paid_at < :paid OR (o.paid_at = :paid AND o.id < :id))"
    " ORDER BY o.paid_at DESC, o.id DESC LIMIT :most"
)
_LAPSE_OF = Statement(
    f"SELECT o.member_id, o.id, o.paid_at {_LAST} AND NOT {_RECALLED} AND o.member_id = :member"
)
_COUNTS = Statement(
    f"SELECT COUNT(*), COALESCE(SUM(CASE WHEN {_RECALLED} THEN 1 ELSE 0 END), 0),"
    f" COALESCE(SUM(CASE WHEN {_RECALLED} THEN 0 WHEN {_LEFT_ALONE} THEN 1 ELSE 0 END), 0) {_LAST}"
)
_CAME = (
    "EXISTS (SELECT 1 FROM orders o WHERE o.member_id = r.member_id AND o.paid_at > r.at"
    f" AND o.paid_at <= r.at + {int(CAME_BACK / timedelta(microseconds=1))}"
    f" AND {orders.counting('o')})"
)
_SENT = Statement(
    "SELECT r.type, COUNT(*), COALESCE(SUM(CASE WHEN r.at > :recent THEN 1 ELSE 0 END), 0),"
    f" COALESCE(SUM(CASE WHEN {_CAME} THEN 1 ELSE 0 END), 0) FROM recalls r GROUP BY r.type"
)
_LATEST = Statement(
    "SELECT r.member_id, r.type, r.figures, r.by_hand, r.offer, r.told, r.at,"
    f" CASE WHEN {_CAME} THEN 1 ELSE 0 END FROM recalls r ORDER BY r.at DESC, r.id DESC LIMIT :most"
)
_TODAY = Statement("SELECT COUNT(*) FROM recalls WHERE at >= :since")
_HAND = Statement(
    "SELECT member_id, type, why, who, at FROM recall_types WHERE member_id = :member"
)
_HANDS = Statement(
    "SELECT member_id, type, why, who, at FROM recall_types ORDER BY at DESC, member_id LIMIT :most"
)
_SWITCH = Statement("SELECT is_on, who, at FROM recall_switch WHERE id = 1")


@dataclass(frozen=True, slots=True)
class Lapse:
    """A member who has stayed away since an order."""

    member: MemberId
    order: int
    paid_at: datetime


@dataclass(frozen=True, slots=True)
class Hand:
    """What a person says that a member sets store by."""

    member: MemberId
    type: Type
    why: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Switch:
    """Whether members are recalled, and since when."""

    is_on: bool = False
    who: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of those of a type who were recalled."""

    n: int = 0
    recent: int = 0
    """Whose time to come back is not over yet."""
    came_back: int = 0


@dataclass(frozen=True, slots=True)
class Recalled:
    """Somebody who was recalled."""

    member: MemberId
    type: Type
    figures: Figures
    by_hand: bool
    offer: str
    told: str
    at: datetime
    came_back: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """How many have lapsed."""

    all: int
    recalled: int
    left_alone: int
    """Of the others, who does not want to hear it, or is with a human, or has to complain."""


def _when(uow: UnitOfWork, tools: Toolbox) -> Mapping[str, int]:
    """Return before when she has ordered last, and how long that is at least, in µs."""
    zone, days = tools.use(Community).zone, tools.use(RecallSettings).after_days
    today = uow.clock.now().astimezone(zone).date()
    least = timedelta(days=days - 1)  # whole days of the wall: the first may be a moment
    before = micros(lapsed_before(today, days, zone))
    return {"before": before, "lapse": least // timedelta(microseconds=1)}


def lapsed(
    uow: UnitOfWork, tools: Toolbox, *, behind: Lapse | None = None, most: int
) -> Sequence[Lapse]:
    """Return who has lapsed and was not recalled, the latest first, from behind one of them on."""
    paid, number = (micros(behind.paid_at), behind.order) if behind else (_LATER, 0)
    rows = uow.run(LAPSED, **_when(uow, tools), paid=paid, id=number, most=most)
    return [_lapse(row) for row in rows]


def all_lapsed(
    uow: UnitOfWork, tools: Toolbox, *, behind: Lapse | None = None, most: int
) -> Iterator[Lapse]:
    """Yield who has lapsed, at most so many, read in pages."""
    page = 300  # each page looks through all orders
    while most > 0:
        found = lapsed(uow, tools, behind=behind, most=min(page, most))
        yield from found
        if len(found) < min(page, most):
            return
        behind, most = found[-1], most - len(found)


def lapse_of(uow: UnitOfWork, tools: Toolbox, member: MemberId) -> Lapse | None:
    """Return since which order a member has stayed away; None while she has not, or was told."""
    rows = uow.run(_LAPSE_OF, member=member, **_when(uow, tools))
    return _lapse(rows[0]) if rows else None


def _lapse(row: Row) -> Lapse:
    return Lapse(MemberId(integer(row[0])), integer(row[1]), instant(row[2]))


def counts(uow: UnitOfWork, tools: Toolbox) -> Counts:
    """Return how many have lapsed, and how many of them were recalled since."""
    everybody, recalled, alone = uow.run(_COUNTS, **_when(uow, tools))[0]
    return Counts(integer(everybody), int(str(recalled)), int(str(alone)))


def sent(uow: UnitOfWork) -> Mapping[Type, Sent]:
    """Return by type how many were recalled, and how many came back."""
    rows = uow.run(_SENT, recent=micros(uow.clock.now() - CAME_BACK))
    found = {
        Type(str(kind)): Sent(integer(n), int(str(recent)), int(str(came)))
        for kind, n, recent, came in rows
    }
    return {kind: found.get(kind, Sent()) for kind in Type}


def latest(uow: UnitOfWork, *, most: int) -> Sequence[Recalled]:
    """Return who was recalled last."""
    return [
        Recalled(
            MemberId(integer(member)),
            Type(str(kind)),
            Figures(**json.loads(str(figures))),
            bool(by_hand),
            str(offer),
            str(told),
            instant(at),
            bool(came),
        )
        for member, kind, figures, by_hand, offer, told, at, came in uow.run(_LATEST, most=most)
    ]


def count_today(uow: UnitOfWork, tools: Toolbox) -> int:
    """Return how many were recalled since midnight."""
    now = uow.clock.now().astimezone(tools.use(Community).zone)
    since = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return integer(uow.run(_TODAY, since=micros(since))[0][0])


def hand_of(uow: UnitOfWork, member: MemberId) -> Hand | None:
    """Return what a person says that she sets store by."""
    rows = uow.run(_HAND, member=member)
    return _hand(rows[0]) if rows else None


def hands(uow: UnitOfWork, *, most: int) -> Sequence[Hand]:
    """Return the types that were set by hand, the latest first."""
    return [_hand(row) for row in uow.run(_HANDS, most=most)]


def _hand(row: Row) -> Hand:
    member, kind, why, who, at = row
    return Hand(MemberId(integer(member)), Type(str(kind)), str(why), str(who), instant(at))


def switch(uow: UnitOfWork) -> Switch:
    """Return whether members are recalled."""
    rows = uow.run(_SWITCH)
    return Switch(bool(rows[0][0]), str(rows[0][1]), instant(rows[0][2])) if rows else Switch()

"""Keeps the products that a member looked at last, each once, and only a few."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, micros

KEPT = 20
"""So many of one member."""

# nobody who is gone gets one: her id stands in no row of members
_SAW = Statement(
    "INSERT INTO product_views (member_id, sku, at)"
    " SELECT id, :sku, :at FROM members WHERE id = :member"
    " ON CONFLICT (member_id, sku) DO UPDATE SET at = excluded.at"
    " WHERE product_views.at < excluded.at"
)
_CUT = Statement(
    "DELETE FROM product_views WHERE member_id = :member AND sku NOT IN"
    " (SELECT sku FROM product_views WHERE member_id = :member ORDER BY at DESC, sku LIMIT :most)"
)
_LATEST = Statement(
    "SELECT sku, at FROM product_views WHERE member_id = :member ORDER BY at DESC, sku LIMIT :most"
)


@dataclass(frozen=True, slots=True)
class View:
    """A product that a member looked at."""

    sku: str
    at: datetime
    """The last time."""


def saw(uow: UnitOfWork, member: MemberId, sku: str, at: datetime) -> None:
    """Note that a member looked at a product; told twice, or late, it is the same."""
    uow.run(_SAW, member=member, sku=sku, at=micros(at))
    uow.run(_CUT, member=member, most=KEPT)


def latest(uow: UnitOfWork, member: MemberId, *, most: int) -> Sequence[View]:
    """Return the products that a member looked at last, the newest first."""
    rows = uow.run(_LATEST, member=member, most=most)
    return [View(str(sku), instant(at)) for sku, at in rows]

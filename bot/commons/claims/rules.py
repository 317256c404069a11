"""Where goods and claims stand, and when something opens. Arithmetic only."""

from datetime import datetime, timedelta
from enum import StrEnum


class OnShelf(StrEnum):
    """Where goods stand."""

    OPEN = "open"
    STOPPED = "stopped"
    """An operator took them from the shelf."""
    WITHDRAWN = "withdrawn"
    """Their file is gone."""


class Stand(StrEnum):
    """Where a claim stands."""

    HELD = "held"
    """Reserved until an instant; its points are held."""
    GOT = "got"
    """Paid, and waiting in the shop."""
    DONE = "done"
    """Handed over, or given as a coupon."""
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    """Nobody came for the reservation."""

    @property
    def is_live(self) -> bool:
        """Return True while it can still be handed over."""
        return self in {Stand.HELD, Stand.GOT}


def is_open(opens_at: datetime, closes_at: datetime | None, at: datetime) -> bool:
    """Return True when what was sent at `at` counts; the closing instant itself is too late."""
    return opens_at <= at and (closes_at is None or at < closes_at)


def opens_for_others(
    opens_at: datetime, early_since: datetime | None, early_told_at: datetime | None, hours: int
) -> datetime:
    """Return when goods open for those who are not let in early.

    Args:
        opens_at: as the file says.
        early_since: since when those who come first may; None where nobody does.
        early_told_at: when the last of them had been written to.
        hours: the promise to them.
    """
    since = early_told_at or early_since
    return opens_at if since is None else max(opens_at, since + timedelta(hours=hours))

"""Months of a statement, and words of reasons: arithmetic only."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CORRECTION = "correction"
"""The reason of points that an operator gave or took by hand."""
LINK_VALID_S = 24 * 3600
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_REVERSED = "reverse:"


def month_in(asked: str, today: date) -> date:
    """Return the first day of the month that an address asks for; this month for nonsense."""
    found = _MONTH.fullmatch(asked)
    try:
        month = date(int(found[1]), int(found[2]), 1) if found else today.replace(day=1)
    except ValueError:
        return today.replace(day=1)
    return min(max(month, date(1970, 2, 1)), today.replace(day=1))


def after(month: date) -> date:
    """Return the first day of the month after."""
    return (month + timedelta(days=31)).replace(day=1)


def before(month: date) -> date:
    """Return the first day of the month before."""
    return (month - timedelta(days=1)).replace(day=1)


def span(month: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first instant of a month, and the first after it."""
    return datetime.combine(month, time(), zone), datetime.combine(after(month), time(), zone)


def last_day(ends: datetime, zone: ZoneInfo) -> date:
    """Return the last day on which something that ends then can be used."""
    return (ends - timedelta(microseconds=1)).astimezone(zone).date()


def all_reasons(of_rooms: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return what the reasons of all rooms are called."""
    return {reason: words for room in of_rooms for reason, words in room.items()}


def called(reason: str, key: str, reasons: Mapping[str, str]) -> str:
    """Return what an entry is called; a reason without words is shown as it is."""
    undone = "撤销：" if key.startswith(_REVERSED) else ""
    return undone + reasons.get(reason, reason)


def can_be_reversed(key: str) -> bool:
    """Return False for entries that follow from others, and for what reverses one."""
    return not key.startswith((_REVERSED, "debt:", "erased:"))

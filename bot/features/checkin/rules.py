"""What a month looks like, and when to remind. Arithmetic only."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.commons.checkins import DAY, day_of, month_of

_THING_CHARS = 20


def is_time_to_remind(at: datetime, zone: ZoneInfo, remind_at: time) -> bool:
    """Return True within the hour from `remind_at` on; later is too late for the day."""
    local = at.astimezone(zone).replace(tzinfo=None)
    begins = datetime.combine(local.date(), remind_at)
    return begins <= local < begins + timedelta(hours=1)


def reminder(fields: Mapping[str, str], days: int) -> dict[str, str]:
    """Return the fields of a reminder; `thing` takes 20 characters (doc/service, 2026-07)."""
    said = {name: text.replace("{days}", str(days)) for name, text in fields.items()}
    return {
        name: text[:_THING_CHARS] if name.startswith("thing") else text
        for name, text in said.items()
    }


def calendar(today: date, checked: frozenset[date]) -> list[str]:
    """Return the month of `today` as lines of seven signs, Monday first.

    ✅ is a day with a check-in, ⬜ one without, ・ a day outside the month or to come.
    """
    first, last = month_of(today)
    monday = first - first.weekday() * DAY
    weeks = ((last - monday).days // 7) + 1
    return [
        "".join(_sign(monday + (7 * week + day) * DAY, today, checked) for day in range(7))
        for week in range(weeks)
    ]


def _sign(day: date, today: date, checked: frozenset[date]) -> str:
    if (day.year, day.month) != (today.year, today.month):
        return "・"
    if day in checked:
        return "✅"
    return "・" if day > today else "⬜"


class Mark(StrEnum):
    """What a day of a calendar shows."""

    DONE = "done"
    MADE_UP = "made-up"
    """A check-in that was made on a later day (补签)."""
    PAST = "past"
    TODAY = "today"
    TO_COME = "to-come"


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of a calendar."""

    day: date
    mark: Mark
    is_today: bool


def month_in(said: str, today: date) -> date:
    """Return the first day of the month that `said` names as `2026-08`.

    Anything else, and a month to come, is the month of `today`.
    """
    this_month = today.replace(day=1)
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", said) or said.startswith("0000"):
        return this_month
    return min(this_month, date.fromisoformat(f"{said}-01"))


def month_grid(
    month: date, today: date, checked: Mapping[date, datetime], zone: ZoneInfo, grace_minutes: int
) -> list[list[Cell | None]]:
    """Return the weeks of a month, Monday first; None for a day of another month.

    Args:
        month: its first day.
        today: the day for which a check-in counts now.
        checked: the days with a check-in, and the instant that made each.
        zone: of the community.
        grace_minutes: how long after midnight a day begins.
    """
    first, last = month_of(month)

    def cell(day: date) -> Cell:
        is_today = day == today
        if (at := checked.get(day)) is not None:
            is_late = day_of(at, zone, grace_minutes) > day
            return Cell(day, Mark.MADE_UP if is_late else Mark.DONE, is_today)
        if is_today:
            return Cell(day, Mark.TODAY, is_today)
        return Cell(day, Mark.PAST if day < today else Mark.TO_COME, is_today)

    cells = [cell(first + number * DAY) for number in range((last - first).days + 1)]
    padded = [None] * first.weekday() + cells + [None] * (-(first.weekday() + len(cells)) % 7)
    return [padded[start : start + 7] for start in range(0, len(padded), 7)]

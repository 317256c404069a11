"""Reads cron expressions. The only file that knows apscheduler, which does the calendar.

Two of its habits are kept out: it counts week days from Monday = 0 where crontab counts from
Sunday = 0, so days go by name only; and it fires a daily 02:30 twice on the day on which
clocks go back, so it is asked for wall-clock times alone, and `instant_of` makes the instants.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from bot.kernel.clock import instant_of

_NEVER_BEFORE = datetime(2200, 1, 1, tzinfo=UTC)
"""Where the search for a day that does not exist, such as 30 February, is given up."""

_NAMES = "mon tue wed thu fri sat sun"
_DAY = rf"(?:{'|'.join(_NAMES.split())})"
_DAYS = re.compile(rf"\*|{_DAY}(?:-{_DAY})?(?:,{_DAY}(?:-{_DAY})?)*")
_MONTH = r"(?:\d{1,2}|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_MONTHS = re.compile(rf"\*(?:/\d+)?|{_MONTH}(?:-{_MONTH}(?:/\d+)?)?(?:,{_MONTH}(?:-{_MONTH})?)*")


class CronRecurrence:
    """The fire times of one cron expression, in the local time of one zone.

    A wall-clock time that occurs twice fires at the first; one that is skipped fires once,
    at the first moment after the gap. With a day of the month and a week day given, both
    must hold.
    """

    def __init__(self, expression: str, timezone: str) -> None:
        self._zone = ZoneInfo(timezone)
        self._trigger = CronTrigger.from_crontab(expression, timezone=UTC)
        self._trigger.end_date = _NEVER_BEFORE

    def next_after(self, instant: datetime) -> datetime | None:
        """Return the first fire time later than `instant`, in UTC; None when there is none."""
        wall = instant.astimezone(self._zone).replace(tzinfo=None, fold=0)
        while (found := self._next_wall(wall)) is not None:
            fires = instant_of(found, self._zone)
            if fires > instant:
                return fires
            wall = found  # the second time round, or inside the gap
        return None

    def _next_wall(self, wall: datetime) -> datetime | None:
        later = wall.replace(tzinfo=UTC) + timedelta(microseconds=1)
        found = self._trigger.get_next_fire_time(None, later)
        return found.replace(tzinfo=None) if isinstance(found, datetime) else None


class Crons:
    """Reads cron expressions of five fields with week days by name; a `CronReader`."""

    def __call__(self, expression: str, timezone: str) -> CronRecurrence:
        """Return the recurrence of `expression` in the local time of `timezone`.

        Raises:
            ValueError: what is wrong with the expression, in words for an operator.
        """
        return _read(" ".join(expression.lower().split()), timezone)


@lru_cache(maxsize=1024)
def _read(expression: str, timezone: str) -> CronRecurrence:
    fields = expression.split()
    if len(fields) != 5:  # noqa: PLR2004 - minute, hour, day, month, week day
        raise ValueError(
            f"{len(fields)} fields, allowed: 5 (minute hour day-of-month month day-of-week)"
        )
    if re.search(r"\d", fields[4]):
        raise ValueError(f"week days go by name ({_NAMES}): numbers mean other days elsewhere")
    if not _DAYS.fullmatch(fields[4]):
        raise ValueError(f'"{fields[4]}" are no week days, allowed: *, mon, mon-fri or sat,sun')
    if not _MONTHS.fullmatch(fields[3]):
        raise ValueError(f'"{fields[3]}" are no months, allowed: *, */3, 1-12 or jan,jul')
    try:
        return CronRecurrence(expression, timezone)
    except ValueError as exc:
        raise ValueError(_plainer(str(exc), fields[4])) from None


def _plainer(said: str, days: str) -> str:
    if "range must not be higher" in said:
        if "-" in days:
            return "a range runs upwards, and a week begins on mon: write sun,mon for sun-mon"
        return "a range runs upwards: write 22,23,0,1 for 22-1"
    return said.removeprefix("Error validating expression ")

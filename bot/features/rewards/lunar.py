"""The lunar calendar; the only file that knows the library."""

from datetime import date
from functools import lru_cache

from bot.features.rewards.rules import DAY

_FIRST, _LAST = date(1901, 1, 1), date(2099, 12, 31)
"""What the library was compared for."""


@lru_cache(4_000)  # the library takes a millisecond
def lunar_of(day: date) -> tuple[int, int, bool]:
    """Return month and day of the lunar calendar, and whether the month ends with it.

    The month is negative in a leap month, and 0 outside of the years 1901 to 2099.
    """
    if not _FIRST <= day <= _LAST:
        return 0, 0, False
    from lunar_python import Solar  # noqa: PLC0415 - big, and wanted once a day

    lunar = Solar.fromYmd(day.year, day.month, day.day).getLunar()
    after = day + DAY
    following = Solar.fromYmd(after.year, after.month, after.day).getLunar()
    return lunar.getMonth(), lunar.getDay(), following.getDay() == 1

"""Business time (营业时间): shifts, public holidays with 调休, and arithmetic with them.

No database. Seconds are business seconds; instants are aware, and come back in UTC.
"""

from bot.commons.hours.arithmetic import Hours, NeverOpens, Span, Stretch
from bot.commons.hours.public_days import DayKind, PublicDays, is_country
from bot.commons.hours.shifts import Day, Shift, common

__all__ = [
    "Day",
    "DayKind",
    "Hours",
    "NeverOpens",
    "PublicDays",
    "Shift",
    "Span",
    "Stretch",
    "common",
    "is_country",
]

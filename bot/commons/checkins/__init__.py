"""Check-ins (打卡): which days a member was present, in a row, and what they earned.

Whoever records a day calls `check_in`: the chat, a day made up later, a day that operators give.
"""

from bot.commons.checkins.clock import day_at, today
from bot.commons.checkins.merging import count_again, mover, take_back
from bot.commons.checkins.rules import (
    DAY,
    CheckinSettings,
    day_of,
    days_to_bonus,
    month_of,
)
from bot.commons.checkins.service import (
    AlreadyCheckedIn,
    Checked,
    check_in,
    checked_in_month,
    count_last_24h,
    count_of_day,
    had_the_bonus,
    is_checked,
    list_of_day,
    month,
    streak_of,
)
from bot.commons.checkins.tokens import tokens_of, use_token

__all__ = [
    "DAY",
    "AlreadyCheckedIn",
    "Checked",
    "CheckinSettings",
    "check_in",
    "checked_in_month",
    "count_again",
    "count_last_24h",
    "count_of_day",
    "day_at",
    "day_of",
    "days_to_bonus",
    "had_the_bonus",
    "is_checked",
    "list_of_day",
    "month",
    "month_of",
    "mover",
    "streak_of",
    "take_back",
    "today",
    "tokens_of",
    "use_token",
]

"""Visits (会员页): members' browsers on our pages; this module is the kernel's `Visits`."""

from bot.commons.visits.personal import personal
from bot.commons.visits.service import (
    agree,
    begin,
    close_session,
    enter,
    find_session,
    finish,
    forget_old,
    is_spent,
    name_of,
    open_link,
    outcome,
    report,
    take,
    touch_session,
)

__all__ = [
    "agree",
    "begin",
    "close_session",
    "enter",
    "find_session",
    "finish",
    "forget_old",
    "is_spent",
    "name_of",
    "open_link",
    "outcome",
    "personal",
    "report",
    "take",
    "touch_session",
]

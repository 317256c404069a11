"""Deeds (参与): what members did, whichever room it happened in; the evidence of what is earned.

The room `rewards` writes them down, and publishes `DeedDone`; others read.
"""

from bot.commons.deeds.matter import (
    KINDS,
    Deed,
    Kind,
    first_run,
    longest_run,
    run_around,
)
from bot.commons.deeds.personal import personal
from bot.commons.deeds.service import (
    FILES,
    Judged,
    Kept,
    around,
    change,
    count_of,
    days_between,
    days_of,
    find,
    get,
    keep,
    on_day,
    take,
    times_of,
    told,
    unjudged,
)

__all__ = [
    "FILES",
    "KINDS",
    "Deed",
    "Judged",
    "Kept",
    "Kind",
    "around",
    "change",
    "count_of",
    "days_between",
    "days_of",
    "find",
    "first_run",
    "get",
    "keep",
    "longest_run",
    "on_day",
    "personal",
    "run_around",
    "take",
    "times_of",
    "told",
    "unjudged",
]

"""Clocks (时限) of cases: what is due when, how much of the time is used, how soon humans answer.

For whoever shows it: `due_of`, `dues`, `first_responses`, `steps_used`. The room `clocks` starts
and stops them, and tells those who are on the ladder.
"""

from bot.commons.clocks.book import Clock, asked, running_of
from bot.commons.clocks.levels import level_by, level_named, level_of
from bot.commons.clocks.personal import personal
from bot.commons.clocks.reading import (
    Due,
    FirstResponses,
    breached_now,
    due_of,
    dues,
    first_responses,
    oldest_unassigned_s,
    steps_used,
)
from bot.commons.clocks.rules import HIGH_VALUE_TAG, Marks, Rung, Timer

__all__ = [
    "HIGH_VALUE_TAG",
    "Clock",
    "Due",
    "FirstResponses",
    "Marks",
    "Rung",
    "Timer",
    "asked",
    "breached_now",
    "due_of",
    "dues",
    "first_responses",
    "level_by",
    "level_named",
    "level_of",
    "oldest_unassigned_s",
    "personal",
    "running_of",
    "steps_used",
]

"""Facts that one room publishes and another hears, in the past tense.

A listener runs before the commit, in the same transaction: it touches the database and
the outbox, nothing else.
"""

from dataclasses import dataclass
from datetime import date

from bot.kernel.ids import MemberId


@dataclass(frozen=True, slots=True)
class Event:
    """A fact published between rooms."""


@dataclass(frozen=True, slots=True)
class MemberErased(Event):
    """A member's data was deleted or made anonymous."""

    member: MemberId


@dataclass(frozen=True, slots=True)
class CheckedIn(Event):
    """A member checked in (打卡)."""

    member: MemberId
    day: date
    streak_days: int

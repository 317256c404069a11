"""Facts that one room publishes and another hears, in the past tense.

A listener runs before the commit, in the same transaction: it touches the database and
the outbox, nothing else.
"""

from dataclasses import dataclass
from datetime import date

from bot.kernel.ids import InboxId, MemberId
from bot.kernel.messages import Update


@dataclass(frozen=True, slots=True)
class Event:
    """A fact published between rooms."""


@dataclass(frozen=True, slots=True)
class MediaArrived(Event):
    """An update with media was written down for the first time."""

    item: InboxId
    update: Update


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

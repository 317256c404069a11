"""Facts that one room publishes and another hears, in the past tense.

A listener runs before the commit, in the same transaction: it touches the database and
the outbox, nothing else.
"""

from dataclasses import dataclass
from datetime import date

from bot.kernel.ids import ChannelName, MemberId


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


@dataclass(frozen=True, slots=True)
class MemberProven(Event):
    """A platform said who a member is.

    For whoever joins the identities of one person; each pair is a channel and her name there.
    """

    member: MemberId
    names: tuple[tuple[ChannelName, str], ...]
    unionid: str
    """Empty when the platform did not say."""

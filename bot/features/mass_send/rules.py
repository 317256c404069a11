"""When a mass send may be made, is looked at, reminded of and given up. Arithmetic only."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from bot.commons.content.entries import Hours
from bot.commons.customers import Friend
from bot.kernel.abilities import MassSendFound, SendQuota
from bot.kernel.clock import instant_of
from bot.kernel.errors import PauseScope, PlatformError, RetryLater, Undeliverable

CREATE, WATCH, REMIND = "mass_send.create", "mass_send.watch", "mass_send.remind"
MOMENTS = "mass_send.moments"
"""The room's errands."""
MOMENT_OPEN = "status IN ('drafted', 'creating', 'making', 'created')"
"""Moments with which something has still to happen."""
REMINDERS_A_DAY = 3
"""For one task in 24 hours (path/97610, 2026-07)."""
DAY = timedelta(days=1)
LOOK_UP_AFTER = timedelta(seconds=90)
"""A lost answer is looked up so long after the call: longer than a call can take."""
LOOK_UP_AGAIN = timedelta(minutes=5)
LOOKS = 2
"""A task that was not there so often is not there."""
CLOCKS_DIFFER = timedelta(hours=1)
MOST_TRIES = 5
RESULTS_WITHIN = timedelta(hours=24)
"""A group that is not listed so long after the confirmation was not reached."""

LONGEST_WAIT_S = 3600.0
"""Nothing waits for longer before it is looked at again."""

_WEEK = 7
_LOOK_S = 60.0


class MassSendSettings(BaseModel):
    """The section `[mass_send]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    collect_s: int = Field(default=10, ge=0, le=600)
    """So long after the last draft for one owner the task is made."""
    remind_after_min: int = Field(default=60, ge=5, le=1440)
    """From the making of a task to the first reminder, in minutes."""
    remind_every_min: int = Field(default=240, ge=30, le=1440)
    """Between reminders, in minutes; the platform takes three in 24 hours."""
    quiet_hours: Hours = (time(21, 30), time(9))
    """Nobody is reminded then, in the community's time."""
    tell_after_h: int = Field(default=4, ge=1, le=168)
    """Operators are told of an owner who has not confirmed after so many hours."""
    stale_after_h: int = Field(default=24, ge=1, le=720)
    """A task that nobody has confirmed after so many hours is cancelled."""
    preferred_senders: tuple[str, ...] = ()
    """Userids: the first of them whose friend a customer is sends to her, else who knows her
    longest."""
    opt_out_tags: tuple[str, ...] = ("不收群发",)
    """Names of tags by which a colleague notes that a customer wants no mass sends."""


def quota_of(rule: SendQuota, day: date) -> tuple[int, date]:
    """Return how many mass sends one group or customer may get, counted since which day."""
    match rule:
        case SendQuota.DAYS_OF_MONTH:
            first = day.replace(day=1)
            return ((first + 31 * DAY).replace(day=1) - first).days, first
        case SendQuota.SEVEN_PER_WEEK:
            return _WEEK, day - day.weekday() * DAY
        case SendQuota.ONE_PER_DAY:
            return 1, day


def begin_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a local day begins."""
    return instant_of(datetime.combine(day, time()), zone)


def quiet_until(hours: tuple[time, time], now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when the quiet hours that `now` lies in are over; None outside of them."""
    begin, end = hours
    wall = now.astimezone(zone)
    late, early = wall.time() >= begin, wall.time() < end
    if not ((late or early) if begin > end else (late and early)):
        return None
    day = wall.date() + (DAY if begin > end and late else timedelta())
    return instant_of(datetime.combine(day, end), zone)


def next_look(since: datetime, now: datetime, *, most_s: float = 1800) -> float:
    """Return after how many seconds a task is looked at again: seldom, when nothing moves."""
    return min(max((now - since).total_seconds() / 8, _LOOK_S), most_s)


def is_about_one(error: PlatformError) -> bool:
    """Return True when an error is about one task, and not about the platform."""
    if isinstance(error, RetryLater):
        return error.scope is PauseScope.MESSAGE and error.code > 0
    return isinstance(error, Undeliverable) and not error.channel_off


def is_same(found: MassSendFound, owner: str, text: str, attachments: int) -> bool:
    """Return True when a task at the platform could be the one that we asked for.

    The platform may say it with other spaces; it may leave out who made it.
    """
    if found.creator.lower() not in ("", owner.lower()):  # callers differ about capitals
        return False
    if text.split() or found.text.split():
        return text.split() == found.text.split()
    return found.attachments == attachments


def has_tags(tags: Sequence[frozenset[str]], wanted: Sequence[frozenset[str]]) -> bool:
    """Return True for who has, by whichever colleague, a tag of each group that is wanted."""
    together = frozenset[str]().union(*tags)
    return all(together & group for group in wanted)


def sender_of(known: Sequence[Friend], preferred: Sequence[str]) -> Friend:
    """Return who sends to a customer: whoever is preferred, else has known her longest."""
    places = {userid.lower(): place for place, userid in enumerate(preferred)}
    last = len(places)
    return min(known, key=lambda one: (places.get(one.colleague, last), one.since, one.colleague))

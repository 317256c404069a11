"""Arithmetic of bookings (预约): slots, quarters of an hour, what somebody typed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from bot.kernel.clock import instant_of

QUARTER_MINUTES = 15
_QUARTER_S = QUARTER_MINUTES * 60
_WHEN = re.compile(
    r"(?P<month>\d{1,2})\s*[-./月]\s*(?P<day>\d{1,2})\s*[日号]?\s*(?:周.)?\s*"
    r"(?P<hour>\d{1,2})\s*(?:[:点时]\s*(?P<minute>\d{1,2})?\s*分?)"
)
_NUMBER = re.compile(r"(\d{1,9})(?:\s+|$)")


class BookingSettings(BaseModel):
    """The section `[bookings]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address_days: int = Field(default=7, ge=0, le=365)
    """An address is deleted so many days after it was needed."""


class State(StrEnum):
    """Where a booking stands."""

    BOOKED = "booked"
    DONE = "done"
    CANCELLED = "cancelled"


class Week(Protocol):
    """When something can be booked, as a file says it."""

    @property
    def weekly(self) -> Mapping[int, tuple[time, ...]]:
        """The times of each day of the week, Monday being 0."""
        ...

    @property
    def duration_minutes(self) -> int:
        """How long it takes."""
        ...

    @property
    def lead_hours(self) -> int:
        """It can't be booked for sooner than in so many hours."""
        ...

    @property
    def horizon_days(self) -> int:
        """Nor for later than in so many days."""
        ...

    def is_off(self, day: date) -> bool:
        """Return True on a holiday."""
        ...


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that can be booked."""

    starts_at: datetime
    ends_at: datetime


def slots(week: Week, now: datetime, zone: ZoneInfo) -> list[Slot]:
    """Return all times from now to the horizon, booked ones too, the first one first."""
    earliest = now + timedelta(hours=week.lead_hours)
    today = now.astimezone(zone).date()
    lasts = timedelta(minutes=week.duration_minutes)
    days = (today + timedelta(days=number) for number in range(week.horizon_days + 1))
    starts = sorted(
        {
            instant_of(datetime.combine(day, at), zone)
            for day in days
            if not week.is_off(day)
            for at in week.weekly.get(day.weekday(), ())
        }
    )
    return [Slot(at, at + lasts) for at in starts if at >= earliest]


def quarters(slot: Slot) -> range:
    """Return the quarters of an hour that a time takes, as numbers since 1970."""
    first = int(slot.starts_at.timestamp()) // _QUARTER_S
    return range(first, -(-int(slot.ends_at.timestamp()) // _QUARTER_S))


def free(every: Sequence[Slot], taken: frozenset[int]) -> list[Slot]:
    """Return the times of which no quarter is taken."""
    return [slot for slot in every if taken.isdisjoint(quarters(slot))]


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody typed behind 预约: a service, and perhaps a time."""

    number: int | None
    words: str = ""


def said_in(argument: str) -> Said:
    """Return what is meant by `1`, `1 8-29 10:00`, `1 8月29日10点`."""
    found = _NUMBER.match(argument.strip())
    if found is None:
        return Said(None, argument.strip())
    return Said(int(found[1]), argument.strip()[found.end() :].strip())


def meant(words: str, every: Sequence[Slot], zone: ZoneInfo) -> Slot | None:
    """Return the time that somebody typed, if it is one of these."""
    found = _WHEN.fullmatch(words.strip())
    if found is None:
        return None
    wanted = tuple(int(found[name] or 0) for name in ("month", "day", "hour", "minute"))
    return next((slot for slot in every if _wall(slot, zone) == wanted), None)


def _wall(slot: Slot, zone: ZoneInfo) -> tuple[int, int, int, int]:
    local = slot.starts_at.astimezone(zone)
    return local.month, local.day, local.hour, local.minute


def by_day(every: Sequence[Slot], zone: ZoneInfo) -> Iterator[tuple[date, list[datetime]]]:
    """Yield the days with their times, by local clocks."""
    days: dict[date, list[datetime]] = {}
    for slot in every:
        local = slot.starts_at.astimezone(zone)
        days.setdefault(local.date(), []).append(local)
    yield from days.items()


def may_change(starts_at: datetime, now: datetime, cancel_hours: int) -> bool:
    """Return True while she may move or cancel it herself."""
    return now <= starts_at - timedelta(hours=cancel_hours) and now < starts_at

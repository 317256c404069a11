"""The only place that knows what time it is."""

from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

FROM_HOUR, TO_HOUR = 9, 21
"""By day members may be written to unasked, by the community's clocks."""


class Clock(Protocol):
    """Tells the present instant; handed to whoever needs it, so that tests can turn it."""

    def now(self) -> datetime:
        """Return the present instant, aware and in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant, aware and in UTC."""
        return datetime.now(UTC)


class ShiftedClock:
    """The machine's clock moved forward by `offset`: the simulator's time travel."""

    def __init__(self, base: Clock, offset: timedelta = timedelta()) -> None:
        self._base = base
        self.offset = offset

    def now(self) -> datetime:
        """Return the base clock's instant plus the offset."""
        return self._base.now() + self.offset

    def move_to(self, instant: datetime) -> None:
        """Make `instant` the present; an instant in the past changes nothing."""
        self.offset = max(self.offset, instant - self._base.now())


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the UTC instant at which the clocks of `zone` show `wall`, a naive date and time.

    A time that clocks show twice, in autumn, means the first of the two. A time that they
    skip, in spring, means the first moment after the gap. So a later wall time never
    becomes an earlier instant.
    """
    early = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if early.astimezone(zone).replace(tzinfo=None, fold=0) == wall.replace(fold=0):
        return early
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)  # earlier: counted as if after it
    after, offset = early, early.astimezone(zone).utcoffset()
    while after - before > timedelta(microseconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


CLOCKS_DIFFER_S = 10.0
"""By less than this the clocks of two replicas differ."""


def with_zone(at: datetime, zone: ZoneInfo) -> datetime:
    """Return an instant as somebody wrote it; without a zone of its own it is of `zone`."""
    return at if at.tzinfo else instant_of(at, zone)


def due_ahead(now: datetime, longest_s: float) -> datetime:
    """Return the latest time for which something may wait that waits for `longest_s` at most.

    What waits for a later one was written down by a clock that was ahead of this one, ours
    before it was set back or another's: it is due now. So nobody has to remember what time it was.
    """
    return now + timedelta(seconds=longest_s + CLOCKS_DIFFER_S)


def is_day(here: datetime) -> bool:
    """Return True when members may be written to unasked; `here` is in the community's zone."""
    return FROM_HOUR <= here.hour < TO_HOUR

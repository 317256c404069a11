"""The only place that knows what time it is."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


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

"""Keeps a long series of calls within what the platform counts."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.kernel.clock import Clock
from bot.kernel.errors import PauseScope, RetryLater
from bot.kernel.ports import Limit

SERIES = (Limit(6_000, 60), Limit(90_000, 3_600))
"""Six tenths of what a corp has of each call (path/90312, 2026-07): its other apps need some."""


class Pace:
    """Counts calls in windows that stand still, and says when it is enough."""

    def __init__(self, clock: Clock, limits: Sequence[Limit] = SERIES) -> None:
        self._clock = clock
        self._windows = [_Window(limit) for limit in limits]

    def step(self) -> None:
        """Count one call.

        Raises:
            RetryLater: not in this window any more.
        """
        now = self._clock.now()
        waits = [wait for window in self._windows if (wait := window.wait_s(now))]
        if waits:
            raise RetryLater(
                "as many calls as we allow ourselves",
                after_s=max(waits),
                scope=PauseScope.CHANNEL,
                uncounted=True,
            )
        for window in self._windows:
            window.count += 1


class _Window:
    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._ends: datetime | None = None
        self.count = 0

    def wait_s(self, now: datetime) -> float:
        lasts = timedelta(seconds=self._limit.per_s)
        if self._ends is None or not self._ends - lasts <= now < self._ends:
            self._ends, self.count = now + lasts, 0
        return 0.0 if self.count < self._limit.count else (self._ends - now).total_seconds()

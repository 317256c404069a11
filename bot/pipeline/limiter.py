"""Counts what leaves through a whole channel in this process; lanes are counted in the outbox.

A lane is drained by one process at a time, so its rows are an exact count. A channel's
limit is far above what one lane may send; each process keeps to it by itself.
"""

from collections import deque
from collections.abc import Sequence
from threading import Lock

from bot.kernel.ports import Limit


class SlidingWindow:
    """At most `count` reservations in any window of `per_s` seconds."""

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._taken: deque[float] = deque(maxlen=limit.count)

    def wait_s(self, now_s: float) -> float:
        """Return the seconds until one more fits."""
        if len(self._taken) < self._limit.count:
            return 0.0
        return max(0.0, self._taken[0] + self._limit.per_s - now_s)

    def take(self, now_s: float) -> None:
        """Count one more."""
        self._taken.append(now_s)


class ChannelLimiter:
    """All limits of one channel together."""

    def __init__(self, limits: Sequence[Limit]) -> None:
        self._windows = [SlidingWindow(limit) for limit in limits]
        self._lock = Lock()  # messages are claimed by several threads

    def reserve(self, now_s: float) -> float:
        """Count one message and return 0, or return the seconds to wait and count nothing."""
        with self._lock:
            wait_s = max((window.wait_s(now_s) for window in self._windows), default=0.0)
            if wait_s == 0:
                for window in self._windows:
                    window.take(now_s)
        return wait_s

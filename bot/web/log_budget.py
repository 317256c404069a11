"""Keeps a flood of bad requests from filling the disk with log lines."""

import time
from collections.abc import Callable


class LogBudget:
    """Lets `per_s` lines through in a second and counts the rest."""

    def __init__(self, per_s: int, now_s: Callable[[], float] = time.monotonic) -> None:
        self._per_s = per_s
        self._now_s = now_s
        self._second = 0
        self._used = 0
        self._unsaid = 0

    def take(self) -> int | None:
        """Return how many lines went unsaid since the last one; None when this one must too."""
        second = int(self._now_s())
        if second != self._second:
            self._second, self._used = second, 0
        if self._used >= self._per_s:
            self._unsaid += 1
            return None
        self._used += 1
        unsaid, self._unsaid = self._unsaid, 0
        return unsaid

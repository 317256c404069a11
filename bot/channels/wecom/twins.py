"""How far the platform must look back for a twin of a message that is sent again.

The platform compares contents (path/90236, 2026-07). Looking back too far, it would take two
wanted answers of equal words for twins; not far enough, and a member reads one twice. Between
two tries of a message nothing else goes to its member, so the time of the first try is right.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from bot.kernel.clock import Clock
from bot.kernel.errors import Ambiguous

_UNKNOWN_S = 1_800  # tried by a process that is gone; the platform's own default
_LONGEST_S = 14_400
_MOST_KEPT = 10_000


class Doubts:
    """Remembers since when it is unknown whether a message arrived."""

    def __init__(self, clock: Clock, *, margin_s: float) -> None:
        """`margin_s` is how long a request may be under way."""
        self._clock = clock
        self._margin_s = margin_s
        self._since: dict[str, datetime] = {}

    @contextmanager
    def about(self, key: str, *, again: bool) -> Iterator[None]:
        """Watch one try: an ambiguous end leaves a doubt, any other answer ends it.

        When this process has not seen the first try, it never learns when that was: a second
        ambiguous try must not look as if it had been the first.
        """
        began = self._clock.now()
        try:
            yield
        except Ambiguous:
            if not again:
                self._since.setdefault(key, began)
            if len(self._since) > _MOST_KEPT:
                del self._since[next(iter(self._since))]
            raise
        else:
            self._since.pop(key, None)

    def window_s(self, key: str) -> int:
        """Return for `duplicate_check_interval` how many seconds to look back."""
        since = self._since.get(key)
        if since is None:
            return _UNKNOWN_S
        passed_s = (self._clock.now() - since).total_seconds()
        return min(_LONGEST_S, math.ceil(passed_s + self._margin_s))

"""Makes guessing slow: who fails often waits longer and longer."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

_FORGET_AFTER_S = 3600.0
_MOST_KEYS = 10_000


@dataclass(slots=True)
class _Record:
    failures: int
    last_s: float
    free_s: float


class Attempts:
    """Failures by key, an account's name or an address. Lives in memory: a restart forgets.

    A try is counted before it is judged, so that many at once don't all count as the first.
    """

    def __init__(
        self, *, free: int, longest_s: float, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._free = free
        self._longest_s = longest_s
        self._now_s = now_s
        self._records: OrderedDict[str, _Record] = OrderedDict()

    def wait_s(self, key: str) -> float:
        """Return the seconds before `key` may try again; 0 when it may now."""
        record = self._records.get(key)
        return 0.0 if record is None else max(0.0, record.free_s - self._now_s())

    def count(self, key: str) -> None:
        """Count a try as failed until `forgive` is told otherwise."""
        now_s = self._now_s()
        record = self._records.pop(key, None)
        if record is None or now_s - record.last_s > _FORGET_AFTER_S:
            record = _Record(0, now_s, now_s)
        record.failures += 1
        record.last_s = now_s
        over = record.failures - self._free
        record.free_s = now_s + (min(self._longest_s, 2.0 ** min(over, 30)) if over > 0 else 0.0)
        self._records[key] = record
        if len(self._records) > _MOST_KEYS:
            self._records.popitem(last=False)

    def forgive(self, key: str, *, all_of_them: bool) -> None:
        """Take back the last failure of `key`, or all of them."""
        record = self._records.get(key)
        if record is None:
            return
        record.failures -= 1
        record.free_s = self._now_s()
        if all_of_them or record.failures <= 0:
            del self._records[key]


class Allowance:
    """So many in each window of `per_s` seconds for each key. Lives in memory."""

    def __init__(
        self, most: int, *, per_s: float, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = most
        self._per_s = per_s
        self._now_s = now_s
        self._taken: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def take(self, key: str) -> bool:
        """Return True when `key` may have one more."""
        now_s = self._now_s()
        since_s, taken = self._taken.pop(key, (now_s, 0))
        if now_s - since_s >= self._per_s:
            since_s, taken = now_s, 0
        self._taken[key] = since_s, taken + 1
        if len(self._taken) > _MOST_KEYS:
            self._taken.popitem(last=False)
        return taken < self._most

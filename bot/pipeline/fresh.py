"""What was written a moment ago, so that its row need not be read again to go on with it."""

from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
W = TypeVar("W")

_MOST = 10_000


class Fresh(Generic[K, W]):
    """Remembers, for each conversation or lane, the one row that is new there.

    It is only a hint: what it says is true as long as the row is there as it was written, alone,
    and that the database is asked. Who finds no hint reads the row. So it may forget
    anything at any time, and be wrong about what another replica has done.
    """

    def __init__(self) -> None:
        self._rows: dict[str, tuple[K, W] | None] = {}

    def tell(self, key: str, number: K, what: W) -> None:
        """Remember a row; several of one key are none, because they have an order."""
        if len(self._rows) >= _MOST:  # keys that somebody else works on
            self._rows.clear()
        self._rows[key] = None if key in self._rows else (number, what)

    def take(self, key: str) -> tuple[K, W] | None:
        """Return what is new of a key, once."""
        return self._rows.pop(key, None)

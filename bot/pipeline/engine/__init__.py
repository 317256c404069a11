"""What wakes the house. The rows are ours; an engine only delivers "drain key K".

The contract, the same for both engines:

- a key enlisted in a unit of work that commits is drained soon; one that rolls back is not;
- one key is never drained twice at the same time;
- a key enlisted while it is being drained is drained once more;
- what a dead process left is found again, because the rows say what is due.
"""

from collections.abc import Awaitable, Callable, Collection
from typing import Protocol

from bot.kernel.work import UnitOfWork

Drain = Callable[[str], Awaitable[float | None]]
"""Works on a key; returns the seconds until there is more to do, None for never.

It does not raise for what goes wrong with a row: that is written down in the row."""

DueKeys = Callable[[UnitOfWork], Collection[str]]
"""Asks the rows which keys have something due now."""


class Engine(Protocol):
    """Delivers keys to `Drain`."""

    def enlist(self, uow: UnitOfWork) -> None:
        """Arrange that `uow.wakes` are drained once the unit of work is committed."""
        ...

    async def start(self) -> None:
        """Begin to work, with what is due already."""
        ...

    async def stop(self, within_s: float) -> None:
        """Take nothing new; finish what is under way, or leave it to be found again."""
        ...

    def serve(self, crowd: str, *, here: bool) -> None:
        """Drain the keys of a crowd in this process, or leave them to another one.

        A crowd is what shares its hands, `out:<channel>` for instance. It is served until
        somebody says otherwise; drains under way are finished.
        """
        ...

    async def settle(self) -> None:
        """Return when nothing is due any more: for tests and for the simulator's clock."""
        ...

    def trouble(self) -> str:
        """Return why the engine can't work, empty when it can."""
        ...

"""The socket by which a room hands out its data as a sheet: `bot export WHAT`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.kernel.community import Community
from bot.kernel.work import UnitOfWork

Cell = str | int | float | Sequence[Mapping[str, str]] | None
"""What has parts of its own is a list in JSON lines, and its JSON elsewhere."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an export was asked for; a room takes from it what it understands."""

    community: Community
    as_of: date | None = None
    since: date | None = None
    until: date | None = None
    """The last day."""


@dataclass(frozen=True, slots=True)
class Export:
    """One sheet. `rows` are read in one look at the database and may be many: yield them."""

    name: str
    """The WHAT of `bot export WHAT`."""
    columns: tuple[str, ...]
    rows: Callable[[UnitOfWork, Asked], Iterable[tuple[Cell, ...]]]
    takes: frozenset[str] = frozenset()
    """Which of `as_of`, `since`, `until` it understands; any other is refused."""

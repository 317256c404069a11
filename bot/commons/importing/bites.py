"""Takes a table in, in bites: what was taken stays, and the same again changes nothing."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Protocol

from bot.commons.sheets import BadCell, Renaming, Row, Sheet
from bot.kernel.errors import FileProblem, Problem
from bot.kernel.work import UnitOfWork

BITE = 100


class Outcome(StrEnum):
    """What became of a row."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class Intake(Protocol):
    """Takes in rows of one kind."""

    @property
    def columns(self) -> Sequence[str]:
        """The columns that it reads."""
        ...

    @property
    def needed(self) -> Sequence[str]:
        """Those that must be there."""
        ...

    def take(self, uow: UnitOfWork, cells: Mapping[str, str]) -> Outcome:
        """Take in a row; raises BadCell."""
        ...


@dataclass(frozen=True, slots=True)
class Bite:
    """What became of some rows."""

    counts: Mapping[Outcome, int]
    refused: Sequence[Problem] = ()


@dataclass(slots=True)
class Import:
    """One table on its way in."""

    path: str
    """As an operator calls it."""
    intake: Intake
    sheet: Sheet
    ignored: dict[str, None] = field(default_factory=dict)
    """Columns that nobody reads, in the order in which they were met."""

    def check_header(self, renaming: Renaming) -> None:
        """See whether the table has what is needed.

        Raises:
            FileProblem: a column is missing.
        """
        if not self.sheet.columns:
            return
        there = {*self.sheet.columns, *renaming.always}
        missing = [name for name in self.intake.needed if name not in there]
        if missing:
            found = ", ".join(filter(None, self.sheet.columns))[:200]
            hint = "write a mapping file (--mapping) if they are called otherwise"
            message = f"no column {', '.join(missing)}; found: {found}"
            raise FileProblem([Problem(self.path, 1, "missing-key", message, hint)])
        self._ignore(self.sheet.columns)

    def bites(self) -> Iterator[Sequence[Row]]:
        """Yield the rows, as many at a time as share a unit of work."""
        while bite := list(islice(self.sheet.rows, BITE)):
            if not self.sheet.columns:
                for row in bite:
                    self._ignore(row.cells)
            yield bite

    def _ignore(self, names: Sequence[str] | Mapping[str, str]) -> None:
        extra = (name for name in names if name and name not in self.intake.columns)
        self.ignored.update(dict.fromkeys(islice(extra, 50)))

    def take(self, uow: UnitOfWork, rows: Sequence[Row]) -> Bite:
        """Take in some rows; a refused one leaves nothing behind."""
        counts: Counter[Outcome] = Counter()
        refused: list[Problem] = []
        for row in rows:
            try:
                counts[self._take(uow, row)] += 1
            except BadCell as exc:
                counts[Outcome.REFUSED] += 1
                refused.append(Problem(self.path, row.line, "bad-value", str(exc)))
        return Bite(counts, refused)

    def _take(self, uow: UnitOfWork, row: Row) -> Outcome:
        if row.wrong:
            raise BadCell("", row.wrong)
        with uow.attempt():
            return self.intake.take(uow, row.cells)


Do = Callable[[Callable[[UnitOfWork], Bite]], Bite]
"""Runs a use case in a unit of work of its own."""


def run(coming: Import, do: Do) -> Iterator[Bite]:
    """Take in a whole table; each bite is kept before the next is read."""
    for rows in coming.bites():
        yield do(lambda uow, rows=rows: coming.take(uow, rows))  # type: ignore[misc]  # bound now

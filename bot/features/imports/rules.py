"""What an import goes through, and how a file is cut into bites. No database."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from bot.commons.importing import Import, Intake
from bot.commons.sheets import Renaming, Row
from bot.kernel.errors import FileProblem, Problem

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 200_000
SHOWN = 200
"""Refused rows that are shown; all of them are counted."""
SAMPLES = 20
KEEP_S, UNDO_S = 24 * 3600, 7 * 24 * 3600
"""How long a file waits for its confirmation, and how long an import can be undone."""


class State(StrEnum):
    """Where an import stands."""

    CHECKING = "checking"
    CHECKED = "checked"
    """It waits for somebody to confirm what she has seen."""
    IMPORTING = "importing"
    DONE = "done"
    CANCELLED = "cancelled"
    UNDOING = "undoing"
    UNDONE = "undone"


UNDER_WAY = (State.CHECKING, State.IMPORTING, State.UNDOING)


@dataclass(frozen=True, slots=True)
class Cut:
    """A file, read to its end."""

    kind: str
    file: str
    total: int
    bites: Sequence[str]
    notes: Sequence[str]


@dataclass(slots=True)
class Tally:
    """What became of some rows."""

    counts: dict[str, int] = field(default_factory=dict)
    problems: list[Sequence[object]] = field(default_factory=list)
    """Line, column, what is wrong."""
    samples: list[Sequence[object]] = field(default_factory=list)
    """Line, name, outcome, what changes."""


def cut(coming: Import, kind: str, file: str, renaming: Renaming) -> Cut:
    """Read a file to its end.

    Raises:
        FileProblem: it can't be read, or is too long.
    """
    coming.check_header(renaming)
    bites, total = list[str](), 0
    for rows in coming.bites():
        total += len(rows)
        if total > MOST_ROWS:
            message = f"over {MOST_ROWS} rows"
            raise FileProblem([Problem(file, rows[0].line, "too-long", message, "cut it in two")])
        bites.append(written(rows, coming.intake))
    ignored = list(islice(coming.ignored, 20))
    notes = [*coming.sheet.notes, *([f"ignored columns: {', '.join(ignored)}"] if ignored else [])]
    return Cut(kind, file, total, bites, notes)


def written(rows: Sequence[Row], intake: Intake) -> str:
    """Return rows as they are kept until they are in, without columns that nobody reads."""
    kept = [
        (
            row.line,
            {name: row.cells[name] for name in intake.columns if name in row.cells},
            row.wrong,
        )
        for row in rows
    ]
    return json.dumps(kept, ensure_ascii=False)


def read_rows(text: str) -> Sequence[Row]:
    """Return what `written` wrote."""
    return [Row(line, cells, wrong) for line, cells, wrong in json.loads(text)]


def called(cells: Mapping[str, str]) -> str:
    """Return what an operator knows a row by."""
    return next(
        (cells[key] for key in ("sku", "order_id", "comment_id", "member") if cells.get(key)), ""
    )[:60]

"""What tables in files have in common: a header, rows with line numbers, limits."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.kernel.checking import describe
from bot.kernel.errors import FileProblem, Problem
from bot.kernel.words import is_formula

MOST_COLUMNS = 200
LINE_CHARS = 1024 * 1024
CELL_CHARS = 128 * 1024
csv.field_size_limit(CELL_CHARS)


class BadCell(ValueError):
    """A row that can't be taken: which column, and why."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(f"{column}: {message}" if column else message)
        self.column = column


@dataclass(frozen=True, slots=True)
class Row:
    """One row by the names of our columns; `wrong` says why it can't be read at all."""

    line: int
    cells: Mapping[str, str] = field(default_factory=dict)
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of a file, read while it is gone through; once."""

    columns: Sequence[str]
    """Empty where each row names its own (JSON lines)."""
    rows: Iterator[Row]
    notes: Sequence[str] = ()
    """What an operator should know about how it was read."""


@dataclass(frozen=True, slots=True)
class Renaming:
    """How another system's table becomes ours."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Its names of columns → ours."""
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Our column → its words → ours."""
    always: Mapping[str, str] = field(default_factory=dict)
    """What stands in columns that it has not."""
    prefix: Mapping[str, str] = field(default_factory=dict)
    """Our column → what belongs in front of its words: `member` → `phone:`."""

    def named(self, column: str) -> str:
        """Return our name of a column."""
        return self.columns.get(column.strip(), column.strip())

    def of(self, cells: Mapping[str, str]) -> dict[str, str]:
        """Return the cells of a row as ours."""
        found = dict(self.always)
        for name, written in cells.items():
            text = written.strip()
            text = self.values.get(name, {}).get(text, text)
            text = f"{self.prefix[name]}{text}" if text and name in self.prefix else text
            if text or name not in found:
                found[name] = text
        return found


def header(path: str, names: Sequence[str], mapping: Renaming, *, line: int = 1) -> list[str]:
    """Return our names of the columns of a file.

    Raises:
        FileProblem: there are too many, or one comes twice.
    """
    if len(names) > MOST_COLUMNS:
        message = f"{len(names)} columns, {MOST_COLUMNS} at most: is this a table with a header?"
        raise FileProblem([Problem(path, line, "too-long", message)])
    ours = [mapping.named(name) for name in names]
    for number, name in enumerate(ours):
        if name and name in ours[:number]:
            message = f"the column {describe(name)} comes twice"
            hint = "rename one, or leave it out"
            raise FileProblem([Problem(path, line, "duplicate-name", message, hint)])
    return ours


def with_header(line: int, columns: Sequence[str], cells: Sequence[str], mapping: Renaming) -> Row:
    """Return a row of cells under the names of their columns."""
    if len(cells) != len(columns):
        return Row(line, wrong=f"has {len(cells)} cells, the header {len(columns)}")
    return checked(line, dict(zip(columns, cells, strict=True)), mapping)


def _fused(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and is_formula(cell[1:]) else cell


def checked(line: int, cells: Mapping[str, str], mapping: Renaming) -> Row:
    """Return a row, if a database can keep what stands in it."""
    for name, cell in cells.items():
        if any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in cell):
            return Row(line, wrong=f"{name[:40]}: holds a character that no text has (NUL)")
    return Row(line, mapping.of({name: _fused(cell) for name, cell in cells.items() if name}))

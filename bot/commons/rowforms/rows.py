"""Rows of a table of TOML, changed as words: comments and the order of the file stay."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import tomli_w

Row = Mapping[str, object]


class NotByForm(ValueError):
    """The file holds something that can only be changed by hand."""


@dataclass(frozen=True, slots=True)
class _Block:
    first: int
    """The line of its header, from 0."""
    end: int
    """The line after it."""


def rows_of(text: str, table: str) -> Sequence[Row]:
    """Return the rows `[[table]]`; none where the file can't be read."""
    try:
        rows = tomllib.loads(text).get(table, [])
    except tomllib.TOMLDecodeError:
        return []
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def written(table: str, row: Row) -> str:
    """Return a row as it stands in a file; keys that are None are left out."""
    kept = {key: value for key, value in row.items() if value is not None}
    return f"[[{table}]]\n{tomli_w.dumps(kept)}"


def put_row(text: str, table: str, row: Row, *, at: int | None = None) -> str:
    """Return the file with a row instead of the one `at` that place, or with one more.

    Raises:
        NotByForm: only a hand can do it.
    """
    lines, new = text.split("\n"), written(table, row).rstrip("\n").split("\n")
    wanted = [*rows_of(text, table)]
    kept = {key: value for key, value in row.items() if value is not None}
    if at is None:
        lines = [*"\n".join(lines).rstrip().split("\n"), "", *new]
        wanted.append(kept)
    else:
        block = _block(lines, table, at)
        lines[block.first : block.end] = new
        wanted[at] = kept
    return _checked(text, lines, table, wanted)


def drop_row(text: str, table: str, *, at: int) -> str:
    """Return the file without the row at a place.

    Raises:
        NotByForm: only a hand can do it.
    """
    lines = text.split("\n")
    block = _block(lines, table, at)
    end = block.end + (block.end < len(lines) and not lines[block.end].strip())
    del lines[block.first : end]
    wanted = [row for place, row in enumerate(rows_of(text, table)) if place != at]
    return _checked(text, lines, table, wanted)


def _block(lines: Sequence[str], table: str, at: int) -> _Block:
    blocks = list(_blocks(lines, table))
    if at >= len(blocks):
        raise NotByForm(f"no [[{table}]] {at}")
    return blocks[at]


def _blocks(lines: Sequence[str], table: str) -> Iterator[_Block]:
    """Yield where the rows stand; blank lines and comments behind one belong to what follows."""
    header = re.compile(rf"\s*\[\[\s*{re.escape(table)}\s*\]\]")
    inner = re.compile(rf"\s*\[{{1,2}}\s*{re.escape(table)}\s*\.")
    starts = [number for number, line in enumerate(lines) if re.match(r"\s*\[", line)]
    starts = [number for number in starts if not inner.match(lines[number])]
    for start, after in pairwise([*starts, len(lines)]):
        if header.match(lines[start]):
            end = after
            while not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#"):
                end -= 1
            yield _Block(start, end)


def _checked(text: str, lines: Sequence[str], table: str, wanted: Sequence[Row]) -> str:
    """Return the lines as a text, if nothing but the one row is another."""
    new = "\n".join(lines).strip("\n") + "\n"
    try:
        expected = {**tomllib.loads(text), table: [*wanted]}
        found = {table: [], **tomllib.loads(new)}
    except tomllib.TOMLDecodeError as exc:
        raise NotByForm(str(exc)) from exc
    if found != expected:
        raise NotByForm(f"[[{table}]] is more than a form can write")
    return new

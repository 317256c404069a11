"""Tables in workbooks (XLSX)."""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from xml.etree.ElementTree import ParseError

from bot.commons.sheets.rows import Renaming, Row, Sheet, header, with_header
from bot.kernel.errors import FileProblem, Problem

_MOST_BYTES = 256 * 1024 * 1024
"""Unpacked: a small file that grows beyond this is no honest table."""
_MOST_PARTS = 2_000
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, ParseError, EOFError, OSError),
    *(KeyError, ValueError, TypeError, IndexError, AttributeError),
)
"""What the library raises for a workbook that is not one."""


def read_workbook(path: Path, renaming: Renaming) -> Sheet:
    """Return the table of the first sheet of a workbook.

    Raises:
        FileProblem: it is none, it is too large, or it has no usable header.
    """
    _check_size(path)
    rows = _rows(path)
    line, first = next(((n, row) for n, row in rows if row), (1, []))
    if not first:
        raise FileProblem([Problem(str(path), 1, "syntax", "the first sheet is empty")])
    columns = header(str(path), first, renaming, line=line)
    return Sheet(columns, _under(columns, rows, renaming), ["only the first sheet is read"])


def _broken(path: Path, line: int) -> FileProblem:
    hint = "open it in Excel and save it as .xlsx again"
    return FileProblem([Problem(str(path), line, "syntax", "is no whole workbook", hint)])


def _check_size(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, OSError) as exc:
        raise _broken(path, 1) from exc
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_BYTES:
        message = f"unpacks to more than {_MOST_BYTES // 2**20} MiB"
        hint = "save the table alone, or as CSV UTF-8"
        raise FileProblem([Problem(str(path), 1, "too-long", message, hint)])


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of the first sheet, without the empty cells at their ends."""
    from openpyxl import load_workbook  # noqa: PLC0415 - only here

    number = 1
    try:
        with path.open("rb") as file:
            sheet = load_workbook(file, read_only=True, data_only=True).worksheets[0]
            sheet.reset_dimensions()  # what a file says of its size need not be so
            for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
                yield number, _trimmed(row)
    except _BROKEN as exc:
        raise _broken(path, number) from exc


def _under(
    columns: Sequence[str], rows: Iterator[tuple[int, list[str]]], renaming: Renaming
) -> Iterator[Row]:
    for line, cells in rows:
        if cells:
            padded = [*cells, *[""] * (len(columns) - len(cells))]
            yield with_header(line, columns, padded, renaming)


def _trimmed(row: Sequence[object]) -> list[str]:
    cells = [_text(value) for value in row]
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _text(value: object) -> str:
    """Return what a person sees in a cell; a sheet keeps 15 digits of a number."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float():
            return format(Decimal(format(value, ".15g")).normalize(), "f")
        case datetime():
            is_day = value.time() == time()
            return value.date().isoformat() if is_day else value.isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case _:
            return str(value)

"""Writes a table: CSV, JSON lines or XLSX."""

import io
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from bot.kernel.exporting import Cell
from bot.kernel.sheets import write_csv


class Format(StrEnum):
    """How a table is written."""

    CSV = "csv"
    JSONL = "jsonl"
    XLSX = "xlsx"


Rows = Iterable[Mapping[str, Cell]]


@contextmanager
def whole(path: Path | None) -> Iterator[BinaryIO]:
    """Open a file that is there whole in the end, or as it was before; stdout for None.

    Nobody else on the machine may read it: it is about people.
    """
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    half = path.with_name(f".{path.name}.part")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


def write(file: BinaryIO, form: Format, columns: Sequence[str], rows: Rows) -> None:
    """Write a table; no cell of it is taken for a formula."""
    if form is Format.XLSX:
        _workbook(file, columns, rows)
        return
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    if form is Format.CSV:
        write_csv(text, columns, ([_flat(row[name]) for name in columns] for row in rows))
    else:
        for row in rows:
            text.write(json.dumps({name: row[name] for name in columns}, ensure_ascii=False))
            text.write("\n")
    text.detach()


def _flat(cell: Cell) -> str | int | float | None:
    if cell is None or isinstance(cell, str | int | float):
        return cell
    return json.dumps([dict(part) for part in cell], ensure_ascii=False)


def _workbook(file: BinaryIO, columns: Sequence[str], rows: Rows) -> None:
    from openpyxl import Workbook  # noqa: PLC0415 - only here
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - likewise
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415 - likewise

    book = Workbook(write_only=True)
    sheet = book.create_sheet("table")
    sheet.append(columns)
    for row in rows:
        cells: list[object] = []
        for value in (_flat(row[name]) for name in columns):
            if isinstance(value, str):
                cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
                cell.data_type, cell.number_format = "s", "@"  # text, whatever it begins with
                cells.append(cell)
            else:
                cells.append(value)
        sheet.append(cells)
    book.save(file)

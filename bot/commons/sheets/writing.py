"""Writes a table: CSV, JSON lines or XLSX."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import BinaryIO

from bot.commons.sheets.rows import defused


class Format(StrEnum):
    """How a table is written."""

    CSV = "csv"
    JSONL = "jsonl"
    XLSX = "xlsx"


Rows = Iterable[Mapping[str, str]]


def write(file: BinaryIO, form: Format, columns: Sequence[str], rows: Rows) -> None:
    """Write a table; no cell of it is taken for a formula."""
    if form is Format.XLSX:
        _workbook(file, columns, rows)
        return
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    if form is Format.CSV:
        lines = csv.writer(text)
        lines.writerow(columns)
        lines.writerows([defused(row[name]) for name in columns] for row in rows)
    else:
        for row in rows:
            text.write(json.dumps({name: row[name] for name in columns}, ensure_ascii=False))
            text.write("\n")
    text.detach()


def _workbook(file: BinaryIO, columns: Sequence[str], rows: Rows) -> None:
    from openpyxl import Workbook  # noqa: PLC0415 - only here
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet("table")
    sheet.append(columns)
    for row in rows:
        cells = []
        for name in columns:
            cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", row[name]))
            cell.data_type, cell.number_format = "s", "@"  # text, whatever it begins with
            cells.append(cell)
        sheet.append(cells)
    book.save(file)

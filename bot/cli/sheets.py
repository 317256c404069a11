"""Writes a sheet as CSV, JSON lines or XLSX; a file is there whole, or as it was before."""

import csv
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from bot.kernel.exporting import Cell
from bot.kernel.words import for_sheet

Rows = Iterable[tuple[Cell, ...]]

# What XML 1.0 can't hold, not even escaped.
_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SHEET = "xl/worksheets/sheet1.xml"
# The fewest parts of which a workbook with one sheet can be made (ECMA-376, part 1).
_PARTS: Mapping[str, str] = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/{_SHEET}" ContentType="{_KIND}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="export" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}


class Format(StrEnum):
    """How a sheet is written."""

    CSV = "csv"
    JSONL = "jsonl"
    XLSX = "xlsx"


def write(form: Format, out: Path | None, columns: Sequence[str], rows: Rows) -> None:
    """Write a sheet to a file, or to stdout without one; XLSX needs a file.

    Raises:
        OSError: it can't be written; what was there before is as it was.
    """
    if out is None:
        _WRITERS[form](sys.stdout, columns, rows)
        return
    half = out.with_name(f".{out.name}.part")
    try:
        if form is Format.XLSX:
            _xlsx(half, columns, rows)
        else:
            with half.open("w", encoding="utf-8", newline="") as file:
                _WRITERS[form](file, columns, rows)
        half.replace(out)
    finally:
        half.unlink(missing_ok=True)


def _csv(file: IO[str], columns: Sequence[str], rows: Rows) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_safe(cell) for cell in row] for row in rows)


def _jsonl(file: IO[str], columns: Sequence[str], rows: Rows) -> None:
    for row in rows:
        record = dict(zip(columns, row, strict=True))
        file.write(json.dumps(record, ensure_ascii=False) + "\n")


_WRITERS: Mapping[Format, Callable[[IO[str], Sequence[str], Rows], None]] = {
    Format.CSV: _csv,
    Format.JSONL: _jsonl,
}


def _xlsx(path: Path, columns: Sequence[str], rows: Rows) -> None:
    with ZipFile(path, "w", ZIP_DEFLATED) as book:
        for name, words in _PARTS.items():
            book.writestr(name, _HEAD + words)
        with book.open(_SHEET, "w", force_zip64=True) as sheet:
            for piece in _sheet(columns, rows):
                sheet.write(piece.encode())


def _sheet(columns: Sequence[str], rows: Rows) -> Iterator[str]:
    yield f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'
    yield _row(columns)
    for row in rows:
        yield _row(row)
    yield "</sheetData></worksheet>"


def _row(cells: Sequence[Cell]) -> str:
    return f"<row>{''.join(map(_cell, cells))}</row>"


def _cell(cell: Cell) -> str:
    if cell is None:
        return "<c/>"
    if isinstance(cell, int | float):
        return f"<c><v>{cell}</v></c>"
    words = escape(_NOT_IN_XML.sub("", cell))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{words}</t></is></c>'


def _safe(cell: Cell) -> Cell:
    """Return a cell that a spreadsheet takes for words, never for a formula."""
    return for_sheet(cell) if isinstance(cell, str) else cell

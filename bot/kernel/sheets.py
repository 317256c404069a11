"""A table as CSV, for whoever opens it in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import chain
from typing import TextIO

from bot.kernel.console import Download
from bot.kernel.words import for_sheet


def write_csv(file: TextIO, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table as CSV; no words in it are taken for a formula."""
    writer = csv.writer(file, lineterminator="\n")
    for row in chain((columns,), rows):
        writer.writerow([for_sheet(cell) if isinstance(cell, str) else cell for cell in row])


def sheet_of(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table as CSV; no words in it are taken for a formula."""
    sheet = io.StringIO()
    write_csv(sheet, columns, rows)
    return sheet.getvalue()


def csv_file(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Download:
    """Return a table as a file; a spreadsheet sees by its mark that it is UTF-8."""
    content = sheet_of(columns, rows).encode("utf-8-sig")
    return Download(f"{name}.csv", "text/csv; charset=utf-8", partial(io.BytesIO, content))

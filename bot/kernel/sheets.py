"""A table as CSV, for whoever opens it in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence
from functools import partial

from bot.kernel.console import Download
from bot.kernel.words import for_sheet


def sheet_of(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table as CSV; no words in it are taken for a formula."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    for row in (columns, *rows):
        writer.writerow([for_sheet(cell) if isinstance(cell, str) else cell for cell in row])
    return sheet.getvalue()


def csv_file(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Download:
    """Return a table as a file; a spreadsheet sees by its mark that it is UTF-8."""
    content = sheet_of(columns, rows).encode("utf-8-sig")
    return Download(f"{name}.csv", "text/csv; charset=utf-8", partial(io.BytesIO, content))

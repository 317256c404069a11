"""Tables in files (导入导出): CSV, JSON lines, XLSX, read row by row, with line numbers."""

from pathlib import Path

from bot.commons.sheets.books import read_workbook
from bot.commons.sheets.renaming import read_renaming
from bot.commons.sheets.rows import BadCell, Renaming, Row, Sheet
from bot.commons.sheets.texts import read_csv, read_json_lines
from bot.commons.sheets.writing import Format, whole, write
from bot.kernel.errors import FileProblem, Problem

__all__ = [
    "BadCell",
    "Format",
    "Renaming",
    "Row",
    "Sheet",
    "read",
    "read_renaming",
    "whole",
    "write",
]

_READERS = {
    ".csv": read_csv,
    ".txt": read_csv,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".xlsx": read_workbook,
}


def read(path: Path, renaming: Renaming) -> Sheet:
    """Begin to read the table of a file, by the ending of its name.

    Raises:
        FileProblem: it can't be read, or has no usable header.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        allowed = ", ".join(_READERS)
        hint = "in Excel: 另存为 → .xlsx" if path.suffix.lower() == ".xls" else ""
        message = f"the name ends in none of {allowed}"
        raise FileProblem([Problem(str(path), 1, "unknown-file", message, hint)])
    try:
        return reader(path, renaming)
    except OSError as exc:
        problem = Problem(str(path), 1, "missing-file", f"cannot read: {exc.strerror}")
        raise FileProblem([problem]) from None

"""Tables in text files: CSV and JSON lines."""

import codecs
import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from bot.commons.sheets.rows import (
    CELL_CHARS,
    LINE_CHARS,
    Renaming,
    Row,
    Sheet,
    checked,
    header,
    with_header,
)
from bot.kernel.errors import FileProblem, Problem

_CHUNK = 1024 * 1024
_CHINESE = (
    (0x3000, 0x303F),  # punctuation
    (0x3400, 0x9FFF),
    (0xFF00, 0xFFEF),  # full width
    (0x2010, 0x2027),  # quotes and dashes
    (0xA1, 0xF7),  # ¥ · × and their like
    (0x2160, 0x217B),  # Roman numerals
)
_TOO_LONG = "\0too long"


def encoding_of(path: Path) -> str:
    """Return the encoding of a text: UTF-8, or GB18030 if nothing but Chinese comes of it.

    Raises:
        FileProblem: it is neither, or nobody can tell.
    """
    with path.open("rb") as file:
        if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            raise _foreign(path, "UTF-16")
    if _decodes(path, "utf-8", chinese_only=False):
        return "utf-8-sig"
    if _decodes(path, "gb18030", chinese_only=True):
        return "gb18030"
    raise _foreign(path, "neither UTF-8 nor plainly GB18030")


def _foreign(path: Path, what: str) -> FileProblem:
    hint = "in Excel: 另存为 → CSV UTF-8; or run: iconv -f OLD -t UTF-8 FILE > new-file"
    return FileProblem([Problem(str(path), 1, "encoding", f"is {what}", hint)])


def _decodes(path: Path, encoding: str, *, chinese_only: bool) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                text = decoder.decode(chunk)
                if chinese_only and not all(map(_is_chinese, set(text))):
                    return False
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _is_chinese(sign: str) -> bool:
    code = ord(sign)
    return code < 0x80 or any(first <= code <= last for first, last in _CHINESE)  # noqa: PLR2004 - ASCII


def _note(encoding: str) -> list[str]:
    return ["read as GB18030"] if encoding == "gb18030" else []


def read_csv(path: Path, renaming: Renaming) -> Sheet:
    """Return the table of a CSV file.

    Raises:
        FileProblem: it has no usable header.
    """
    encoding = encoding_of(path)
    rows = _records(path, encoding)
    line, first = next(rows, (1, []))
    if isinstance(first, str) or not any(first):
        said = first if isinstance(first, str) else "the first line is no header with names"
        raise FileProblem([Problem(str(path), line, "syntax", said)])
    columns = header(str(path), first, renaming, line=line)
    return Sheet(columns, _under(columns, rows, renaming), _note(encoding))


def _under(
    columns: list[str], rows: Iterator[tuple[int, list[str] | str]], renaming: Renaming
) -> Iterator[Row]:
    for line, cells in rows:
        if isinstance(cells, str):
            yield Row(line, wrong=cells)
        else:
            yield with_header(line, columns, cells, renaming)


def _records(path: Path, encoding: str) -> Iterator[tuple[int, list[str] | str]]:
    """Yield where each record begins, and its cells or what is wrong with it."""
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(_lines(file))
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield line, f"a cell has over {CELL_CHARS} characters: is a quote not closed?"
                continue
            if cells == [_TOO_LONG]:
                yield line, f"the line has over {LINE_CHARS} characters"
            elif any(cell.strip() for cell in cells):
                yield line, cells


def _lines(file: TextIO) -> Iterator[str]:
    """Yield lines; of one that is too long only a mark, so that it costs no memory."""
    while line := file.readline(LINE_CHARS + 1):
        if len(line) <= LINE_CHARS:
            yield line
            continue
        while line and not line.endswith(("\n", "\r")):
            line = file.readline(LINE_CHARS)
        yield _TOO_LONG


def read_json_lines(path: Path, renaming: Renaming) -> Sheet:
    """Return the table of a file with a JSON object on each line."""
    encoding = encoding_of(path)
    return Sheet((), _objects(path, encoding, renaming), _note(encoding))


def _objects(path: Path, encoding: str, renaming: Renaming) -> Iterator[Row]:
    with path.open(encoding=encoding) as file:
        for number, line in enumerate(_lines(file), 1):
            if line == _TOO_LONG:
                yield Row(number, wrong=f"the line has over {LINE_CHARS} characters")
            elif line.strip():
                yield _object(number, line, renaming)


def _object(number: int, line: str, renaming: Renaming) -> Row:
    try:
        # numbers stay as they are written: money is not a float
        found = json.loads(line, parse_float=str, parse_int=str, object_pairs_hook=_once)
    except (ValueError, RecursionError) as exc:
        return Row(number, wrong=f"is no JSON object: {str(exc)[:80]}")
    if not isinstance(found, dict):
        return Row(number, wrong="is no JSON object")
    return checked(number, {renaming.named(key): _text(v) for key, v in found.items()}, renaming)


def _once(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name comes twice")
    return found


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return str(value).lower()
        case list() if all(isinstance(one, str) for one in value):
            return "|".join(value) if value else ""
        case _:
            return json.dumps(value, ensure_ascii=False)

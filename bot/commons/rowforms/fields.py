"""What stands in the fields of a form, and in the row that they make."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bot.commons.rowforms.rows import Row

_CHARS = 400
_FEN = 100
_DIGITS = 18
"""As many as a number of TOML surely has."""
_MONEY = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")


class Sort(StrEnum):
    """How a field is shown and read."""

    TEXT = "text"
    NUMBER = "number"
    YUAN = "yuan"
    """Typed in yuan, kept in fen."""
    CHECK = "check"
    DATE = "date"
    CHOICE = "choice"
    """One of `among`, or none."""
    SOME = "some"
    """Any of `among`: a field `key.word` each."""
    WORDS = "words"
    """Between spaces or commas."""
    NUMBERS = "numbers"


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a row."""

    key: str
    sort: Sort = Sort.TEXT
    among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What a field holds: as text, and as it stands in the row; None for a key left out."""

    text: str
    value: object = None
    is_bad: bool = False


def said(field: Field, form: Mapping[str, str]) -> Said:
    """Return what was typed into a field."""
    if field.sort is Sort.SOME:
        chosen = [word for word in field.among if form.get(f"{field.key}.{word}")]
        return Said(" ".join(chosen), chosen or None)
    text = form.get(field.key, "").strip()[:_CHARS]
    if not text:
        return Said("")
    try:
        return Said(text, _READERS[field.sort](text))
    except ValueError:
        return Said(text, is_bad=True)


def held(field: Field, row: Row) -> Said:
    """Return what a field shows of a row."""
    value = row.get(field.key)
    if value is None or value is False:
        return Said("")
    if field.sort is Sort.YUAN and isinstance(value, int):
        return Said(f"{Decimal(value) / _FEN:f}", value)
    if field.sort is Sort.CHECK:
        return Said("1", value)
    if isinstance(value, list):
        return Said(" ".join(map(str, value)), value)
    return Said(str(value), value)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > _DIGITS:
        raise ValueError(text)
    return int(text)


def _fen(text: str) -> int:
    if not _MONEY.fullmatch(text):
        raise ValueError(text)
    return int(Decimal(text) * _FEN)


def _words(text: str) -> list[str]:
    return text.replace("，", " ").replace("、", " ").replace(",", " ").split()


_READERS: Mapping[Sort, Callable[[str], object]] = {
    Sort.TEXT: lambda text: " ".join(text.split()),
    Sort.CHOICE: str,
    Sort.NUMBER: _number,
    Sort.YUAN: _fen,
    Sort.CHECK: bool,
    Sort.DATE: date.fromisoformat,
    Sort.WORDS: _words,
    Sort.NUMBERS: lambda text: [_number(word) for word in _words(text)],
}

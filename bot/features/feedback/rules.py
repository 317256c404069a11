"""What a platform's numbers mean (path/101027, 2026-07)."""

from collections.abc import Mapping
from enum import StrEnum

WORDS_CHARS = 500
ANSWER_BYTES = 256


class Verdict(StrEnum):
    """What a member thinks of an answer."""

    ACCURATE = "accurate"
    INACCURATE = "inaccurate"
    CANCELLED = "cancelled"
    """She has taken back what she thought."""


_VERDICTS: Mapping[str, Verdict] = {
    "1": Verdict.ACCURATE,
    "2": Verdict.INACCURATE,
    "3": Verdict.CANCELLED,
}
_REASONS: Mapping[str, str] = {
    "1": "irrelevant",
    "2": "incomplete",
    "3": "wrong",
    "4": "data",
}


def verdict_of(number: str) -> Verdict | None:
    """Return what a platform's number means; None for one that is not known."""
    return _VERDICTS.get(number.strip())


def reasons_of(numbers: str) -> list[str]:
    """Return the code words of a list of numbers, each once, unknown ones as `other`."""
    found = [_REASONS.get(number.strip(), "other") for number in numbers.split(",") if number]
    return list(dict.fromkeys(found))

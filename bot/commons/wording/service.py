"""What members write of their own: as they typed it, and likened. No database."""

import re
import unicodedata
from collections.abc import Iterable

from bot.kernel.words import closed, plain

_SIGNS_AROUND = " \t\r\n:：,，、;；。"
_OPENING_CHARS = 80
"""A command with its mention and decoration is not longer."""
_CONTROL = re.compile(
    r"[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)
_GAPS = re.compile(r"[\W_]+")


def typed_after(text: str, commands: Iterable[str]) -> str:
    """Return what follows the command in a message as it was typed; the router folds it.

    Args:
        text: the whole message.
        commands: the words that lead to the handler.
    """
    forms = {closed(plain(word)) for word in commands}
    ends: dict[str, int] = {}
    for end in range(1, min(len(text), _OPENING_CHARS) + 1):
        ends.setdefault(closed(plain(text[:end])), end)
    longest = max(ends.keys() & forms, key=len, default="")
    return tidy(text[ends.get(longest, 0) :])


def visible(text: str) -> str:
    """Return a text without what nobody sees and what turns the words around it."""
    return _CONTROL.sub("", text)


def tidy(text: str) -> str:
    """Return a text without what nobody sees, and without signs before and spaces behind it."""
    lines = (" ".join(line.split()) for line in visible(text).splitlines())
    return "\n".join(line for line in lines if line).lstrip(_SIGNS_AROUND).rstrip()


def tight(text: str) -> str:
    """Return the letters and digits of a text alone: what makes two texts the same."""
    return _GAPS.sub("", unicodedata.normalize("NFKC", text).casefold())


def alike(one: str, other: str) -> float:
    """Return how much of the shorter text is in the other, by pairs of letters: 0 to 1."""
    first, second = _pairs(one), _pairs(other)
    smaller = min(len(first), len(second))
    return len(first & second) / smaller if smaller else 0.0


def _pairs(text: str) -> set[str]:
    letters = tight(text)
    return {letters[n : n + 2] for n in range(len(letters) - 1)}

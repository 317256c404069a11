"""Patterns that operators may write: regular expressions that can't take for ever.

What a pattern costs is counted, not timed: in how many ways it can match from one place at most.
Without `*` and `+` this number is finite, and `MOST_WAYS` bounds it; so the steps of a search are
at most `MOST_WAYS` times the pattern's length for each character of a message.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

MOST_WAYS = 6_000
MOST_CHARS = 3_000
"""Of a pattern whose `<names>` are filled in."""
_MOST_AGAIN = 60
_QUANTIFIER = re.compile(r"\{(\d{1,3})?(?:(,)(\d{1,3})?)?\}")
_NAME = re.compile(r"<([a-z_]{1,20})>")
_OPENINGS = ("?:", "?=", "?!", "?<=", "?<!")


class BadPattern(ValueError):
    """A pattern that is none, or that could take too long; says what to change."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a pattern: in how many ways it matches, and its letters when it is just letters."""

    ways: int
    letters: str | None = None


def fill(pattern: str, words: Mapping[str, str]) -> str:
    """Return the pattern with each `<name>` replaced by that list of words.

    Raises:
        BadPattern: nobody knows such a name.
    """

    def named(found: re.Match[str]) -> str:
        if found[1] not in words:
            raise BadPattern(f"<{found[1]}> is no list of words; known: {', '.join(sorted(words))}")
        return f"(?:{words[found[1]]})"

    for _ in range(3):  # lists of words may name others
        if not _NAME.search(pattern):
            break
        pattern = _NAME.sub(named, pattern)
        if len(pattern) > MOST_CHARS:
            break
    return pattern


def compiled(pattern: str) -> re.Pattern[str]:
    """Return a filled pattern, ready.

    Raises:
        BadPattern: it is no pattern, matches nothing in particular, or may take too long.
    """
    if len(pattern) > MOST_CHARS:
        raise BadPattern(f"longer than {MOST_CHARS} characters with its lists of words")
    try:
        ready = re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as exc:
        raise BadPattern(f"no regular expression: {exc}") from None
    if ready.search(""):
        raise BadPattern("matches everything, for it matches nothing at all")
    ways = ways_of(pattern)
    if ways > MOST_WAYS:
        raise BadPattern(f"can match in {ways:,} ways from one place, allowed: {MOST_WAYS:,}")
    return ready


def ways_of(pattern: str) -> int:
    """Return in how many ways a pattern can match from one place, at most.

    Raises:
        BadPattern: there is no such bound, or a construct that is not counted.
    """
    reader = _Reader(pattern)
    piece = reader.choice()
    if reader.at < len(pattern):
        raise BadPattern(f"stray ) at character {reader.at + 1}")
    return piece.ways


class _Reader:
    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self.at = 0

    def _next(self) -> str:
        return self._pattern[self.at : self.at + 1]

    def choice(self) -> _Piece:
        branches = [self._sequence()]
        while self._next() == "|":
            self.at += 1
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else _Piece(_together(branches))

    def _sequence(self) -> _Piece:
        ways, letters = 1, list[str]()
        is_plain = True
        while self._next() not in ("", "|", ")"):
            piece = self._repeated(self._atom())
            ways = min(ways * piece.ways, 10**12)
            is_plain = is_plain and piece.letters is not None
            letters.append(piece.letters or "")
        return _Piece(ways, "".join(letters) if is_plain else None)

    def _atom(self) -> _Piece:
        sign = self._next()
        self.at += 1
        if sign == "(":
            return self._group()
        if sign == "[":
            return self._class()
        if sign == "\\":
            return self._escape()
        if sign in "*+?{":
            raise BadPattern(f"{sign} repeats nothing at character {self.at}")
        return _Piece(1, None if sign in ".^$" else sign)

    def _escape(self) -> _Piece:
        sign = self._next()
        self.at += 1
        if sign.isdigit() or sign in "xuUN":
            raise BadPattern(f"\\{sign} is not taken; write the character itself")
        return _Piece(1, None if sign.isalpha() else sign)

    def _class(self) -> _Piece:
        end = self._pattern.index("]", self.at + (2 if self._next() == "^" else 1))
        while self._pattern[end - 1] == "\\":
            end = self._pattern.index("]", end + 1)
        self.at = end + 1
        return _Piece(1)

    def _group(self) -> _Piece:
        opening = ""
        if self._next() == "?":
            opening = next(
                (each for each in _OPENINGS if self._pattern.startswith(each, self.at)), ""
            )
            if not opening:
                raise BadPattern("of (?…) only (?:…), (?=…), (?!…), (?<=…) and (?<!…) are taken")
            self.at += len(opening)
        inside = self.choice()
        self.at += 1
        return inside if opening in ("", "?:") else _Piece(inside.ways)

    def _repeated(self, piece: _Piece) -> _Piece:
        low, high = self._times()
        if (low, high) == (1, 1):
            return piece
        ways = 0
        for times in range(low, high + 1):
            ways += piece.ways**times
            if ways > MOST_WAYS:
                break
        return _Piece(ways)

    def _times(self) -> tuple[int, int]:
        sign = self._next()
        if sign in ("*", "+"):
            raise BadPattern(f"{sign} has no end; write how often at most, like {{0,12}}")
        low, high = 1, 1
        if sign == "?":
            low, high = 0, 1
            self.at += 1
        elif found := _QUANTIFIER.match(self._pattern, self.at):
            if found[2] and not found[3]:
                raise BadPattern(f"{found[0]} has no end; write how often at most, like {{0,12}}")
            low = int(found[1] or 0)
            high = int(found[3]) if found[3] else low
            self.at = found.end()
        else:
            return low, high
        if high > _MOST_AGAIN:
            raise BadPattern(f"{high} times is too often, allowed: {_MOST_AGAIN}")
        if self._next() == "?":  # as few as possible
            self.at += 1
        elif self._next() in ("+", "*"):
            raise BadPattern("a repetition can't be repeated")
        return low, high


def _together(branches: Sequence[_Piece]) -> int:
    """Return how many ways a choice has: of words those that begin alike, of others all."""
    plain = [each.letters for each in branches if each.letters is not None]
    others = sum(each.ways for each in branches if each.letters is None)
    alike = max((_beginnings(word, plain) for word in plain), default=0)
    return max(1, alike + others)


def _beginnings(word: str, words: Iterable[str]) -> int:
    return sum(word.startswith(each) for each in words)

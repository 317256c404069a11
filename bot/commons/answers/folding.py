"""How questions are compared: the same words in any width, script, politeness and spelling.

    "請問你們幾點關門呀？"  →  几 点 关门  →  几 点 [打烊]

Only what members type in questions is folded; nothing of it is ever shown.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.commons import wording
from bot.kernel.checking import wrong
from bot.kernel.words import closed, plain

MOST_CHARS = 200
"""Of a longer message so much is looked at: a question stands at its beginning."""

_PIECES = re.compile(r"[a-z]+|[0-9]+|[^\W_]")

Word = Annotated[str, Field(min_length=1, max_length=12)]
Units = Sequence[str]
"""What a question is made of: characters, figures, Latin words, and words that stand for others,
which have more than one character."""


class Synonyms(BaseModel):
    """The table `content/synonyms.toml`: words that mean the same, and words that mean nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    same: tuple[Annotated[tuple[Word, ...], Field(min_length=2)], ...] = ()
    """Each a list of words; slips of the pen are among them."""
    nothing: tuple[Word, ...] = ()
    """Politeness and the like, which tells no question from another."""

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        seen: dict[str, str] = {}
        for row, words in enumerate(self.same):
            for place, word in enumerate(words):
                at = ("same", row, place)
                if (form := squeezed(word)) in seen:
                    message = f'"{word}" means "{seen[form]}" already'
                    raise wrong("duplicate-name", message, at=at)
                if not form:
                    raise wrong("bad-value", f'"{word}" has no letter', at=at)
                seen[form] = words[0]
        for place, word in enumerate(self.nothing):
            if squeezed(word) in seen:
                message = f'"{word}" stands in "same", too'
                raise wrong("duplicate-name", message, at=("nothing", place))
        return self


def squeezed(text: str, most: int | None = MOST_CHARS) -> str:
    """Return letters and figures alone, folded as the kernel folds commands, and further."""
    folded = closed(plain(text[:most])).translate(wording.simplified())
    return "".join(_PIECES.findall(folded))


class Folding:
    """Folds questions by one table of synonyms."""

    def __init__(self, table: Synonyms | None = None) -> None:
        means: dict[str, str] = {}
        for words in table.same if table else ():
            forms = [squeezed(word) for word in words]
            means.update(dict.fromkeys(forms, forms[0]))
        for word in table.nothing if table else ():
            means.setdefault(squeezed(word), "")
        self._means: Mapping[str, str] = means
        self._longest = max(map(len, means), default=0)

    def units(self, text: str, *, most: int | None = MOST_CHARS) -> Units:
        """Return what a text is made of, of its first `most` characters; empty for none."""
        return tuple(filter(None, self._units(squeezed(text, most))))

    def _units(self, said: str) -> Iterator[str]:
        at = 0
        while at < len(said):
            longest = min(self._longest, len(said) - at)
            known = (said[at : at + size] for size in range(longest, 0, -1))
            if (word := next((one for one in known if one in self._means), None)) is not None:
                yield self._means[word]
                at += len(word)
            else:
                found = _PIECES.match(said, at)
                piece = found[0] if found else said[at]
                yield piece
                at += len(piece)


PLAIN = Folding()
"""Without a table."""

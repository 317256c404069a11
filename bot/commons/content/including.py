"""Follows the includes of a template, however deep they go."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.commons.content.paths import UNSAFE_HINT, below
from bot.commons.content.reading import Draft, Piece

INCLUDES_MAX = 100
"""How many files one text may be put together from; each counts as often as it is included."""

Snippets = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong, and on which line of the file that is being put together."""

    line: int
    rule: str
    message: str
    hint: str = ""


@dataclass(slots=True)
class Included:
    """What following the includes brought to light."""

    texts: dict[str, str] = field(default_factory=dict)
    wanted: set[str] = field(default_factory=set)
    """Every file that was named, there or not."""
    troubles: list[Trouble] = field(default_factory=list)
    count: int = 0

    @property
    def snippets(self) -> Snippets:
        """Path and text of each file, in the order of the paths."""
        return tuple(sorted(self.texts.items()))


def find(drafts: Mapping[str, Draft], written: str, line: int, found: Included) -> Draft | None:
    """Return the file that `written` names, if it can be used; note in `found` why not."""
    path = below(written)
    if path is None or path != written:
        message = f'"{written[:60]}" is no path below content/'
        found.troubles.append(Trouble(line, "unsafe-path", message, UNSAFE_HINT))
        return None
    found.wanted.add(path)
    target = drafts.get(path)
    if target is None:
        found.troubles.append(Trouble(line, "missing-file", f"there is no content/{path}"))
    elif target.problems:
        rule = target.problems[0].rule
        found.troubles.append(Trouble(line, rule, f"{path} has problems of its own"))
    return target


def follow(
    drafts: Mapping[str, Draft], path: str, piece: Piece, *, line: int | None = None
) -> Included:
    """Return everything that `piece`, which stands in the file `path`, includes.

    Args:
        drafts: the files there are, by path.
        path: where the piece comes from.
        piece: the words to follow.
        line: where to report trouble; None for the lines of the piece itself.
    """
    found = Included()
    _follow(drafts, piece, (path,), line, found)
    return found


def _follow(
    drafts: Mapping[str, Draft],
    piece: Piece,
    trail: tuple[str, ...],
    line: int | None,
    found: Included,
) -> None:
    for written, offset in piece.anatomy.includes:
        at = piece.line + offset - 1 if line is None else line
        found.count += 1
        if found.count == INCLUDES_MAX + 1:
            message = f"put together from more than {INCLUDES_MAX} files"
            found.troubles.append(Trouble(at, "include-loop", message))
        if found.count > INCLUDES_MAX:
            return
        if written in trail:
            circle = " → ".join((*trail, written))
            found.troubles.append(Trouble(at, "include-loop", f"a file includes itself: {circle}"))
        elif target := find(drafts, written, at, found):
            found.texts[written] = target.body.text
            _follow(drafts, target.body, (*trail, written), at, found)

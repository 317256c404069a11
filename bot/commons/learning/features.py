"""What the classifier sees of the evidence: pieces of text, the rules that hold, the conversation.

A piece is one to four characters that stand side by side, or two with one between them; `^` and `$`
are the ends. Figures are folded to their number of digits, except telephone numbers that mean
something. What was said last counts fully, each turn before it less.
"""

import math
import re
from collections.abc import Iterator, Mapping

from bot.commons.detection.evidence import Evidence

MOST_CHARS = 260
"""Of one turn, and of what was said before it together; from the end of a longer one."""
CONTEXT = "context"
"""The family of rules that say what is known of the member."""
FADES = 0.6
"""What a turn counts, of what the one after it counts."""
_TELLING = frozenset({"12315", "12345", "315", "110", "120", "119"})
_FIGURE = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_SHORT_CHARS, _LONG_CHARS = 6, 60


def pieces(text: str) -> Iterator[str]:
    """Yield the pieces of a normalised text, as often as they occur."""
    framed = f"^{folded(text)[-MOST_CHARS:]}$"
    length = len(framed)
    yield from framed[1:-1]
    for size in (2, 3, 4):
        for start in range(length - size + 1):
            yield framed[start : start + size]
    for start in range(length - 2):
        yield f"{framed[start]}\x00{framed[start + 2]}"


def folded(text: str) -> str:
    """Return the text with its figures folded: 398 and 512 are both 000."""
    return _FIGURE.sub(_fold, text)


def _fold(found: re.Match[str]) -> str:
    figure = found[0]
    return figure if figure in _TELLING else "0" * min(4, len(figure.partition(".")[0]))


def counts(evidence: Evidence) -> dict[str, float]:
    """Return how much each piece counts, over the last turn and those before it."""
    found: dict[str, float] = {}
    for piece in pieces(evidence.text):
        found[piece] = found.get(piece, 0.0) + 1.0
    left, share = MOST_CHARS, FADES
    for turn in reversed(evidence.earlier):
        if left <= 0:
            break
        for piece in pieces(turn[-left:]):
            found[piece] = found.get(piece, 0.0) + share
        left, share = left - len(turn), share * FADES
    return found


def signs(evidence: Evidence) -> Mapping[str, float]:
    """Return what is known besides the words, each between 0 and about 1."""
    found = {"rules": evidence.rules_score, "certain": _log_odds(evidence.rules_score) / 4}
    for hit in evidence.hits:
        if hit.family == CONTEXT:  # counts after the classifier, for itself
            continue
        for name in (f"rule:{hit.rule}", f"family:{hit.family}", f"label:{hit.label}"):
            found[name] = max(found.get(name, 0.0), hit.weight)
        if hit.severity == 3:  # noqa: PLR2004 - the highest
            found["severe"] = max(found.get("severe", 0.0), hit.weight)
    found |= {f"guard:{name}": 1 - factor for name, factor in evidence.guards.items()}
    found |= {f"sign:{name}": min(2.0, each) for name, each in evidence.signs.items()}
    chars = len(evidence.text)
    found["short"] = max(0.0, 1 - chars / _SHORT_CHARS)
    found["long"] = min(1.0, chars / _LONG_CHARS)
    found["burst"] = min(1.0, evidence.marks.get("burst", 0.0) / 4)
    found["talk"] = 1.0 if evidence.earlier or evidence.heard else 0.0
    found["asks"] = 1.0 if evidence.text.endswith(("?", "吗", "呢")) else 0.0
    return found


def _log_odds(share: float) -> float:
    near = min(0.98, max(0.02, share))
    return math.log(near / (1 - near))

"""What a conversation adds to a message: repetition, waiting, what stays open, and what is over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise

from bot.commons.detection.evidence import Context, Hit, Label, Role, Turn
from bot.commons.detection.matter import says
from bot.commons.detection.words import plain

MOST_TURNS = 8
"""Of the member's own that are looked at."""
_DECAY = 0.85
_HALF_LIFE_S = 6 * 3600.0
_ALIKE = 0.75
_SHORT_CHARS = 8
_LEAST_RISING = 3
RESOLVED = 0.15
"""What is left of older words when the matter is over, or was a joke."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The member's words in order, and what became of the older ones."""

    raw: str
    """Her last turn as she wrote it."""
    text: str
    earlier: tuple[str, ...]
    heard: tuple[str, ...]
    ages_s: tuple[float, ...]
    """Of `earlier`."""
    signs: Mapping[str, float]


def gather(turns: Sequence[Turn], context: Context) -> Gathered:
    """Return a member's last turns, those before a resolution left out."""
    recent = turns[-3 * MOST_TURNS :]
    ends = max((at for at, turn in enumerate(recent, 1) if turn.role is Role.USER), default=0)
    recent = recent[:ends]  # what was answered to her last words says nothing about them
    mine = [(plain(turn.text), turn.age_s) for turn in recent if turn.role is Role.USER]
    heard = [plain(turn.text) for turn in recent if turn.role is Role.AGENT]
    last, age_s = mine[-1] if mine else ("", 0.0)
    before = mine[:-1][-MOST_TURNS:]
    resolved = bool(before or heard) and is_resolved(last)
    for place in range(len(before) - 1, -1, -1):
        if is_resolved(before[place][0]):
            before = before[place + 1 :]
            break
    signs = _signs(last, [said for said, _ in before], context, resolved=resolved)
    ages = tuple(max(0.0, each - age_s) for _, each in before)
    return Gathered(
        recent[-1].text if recent else "",
        last,
        tuple(said for said, _ in before),
        tuple(heard[-MOST_TURNS:]),
        ages,
        signs,
    )


def is_resolved(text: str) -> bool:
    """Return True for words that end a matter: 谢谢,收到了."""
    return says("settled", text) and not says("unsettled", text)


def _signs(
    text: str, before: Sequence[str], context: Context, *, resolved: bool
) -> Mapping[str, float]:
    signs = {
        "resolved": float(resolved),
        "repeated": min(1.0, sum(_alike(text, each) for each in before) / 2),
        "unhelped": float(bool(before) and says("unhelped", text)),
        "turns": float(len(before) + 1),
        "unanswered": min(1.0, context.unanswered_s / 1800),
        "not_understood": min(1.0, context.not_understood / 2),
        "low_rating": float(context.csat is not None and context.csat <= 2),  # noqa: PLR2004 - of 5
        "open_complaint": float(context.has_open_complaint),
        "promises_broken": float(context.promises_broken > 0),
    }
    return {name: value for name, value in signs.items() if value}


def _alike(one: str, other: str) -> bool:
    if min(len(one), len(other)) < 4:  # noqa: PLR2004 - 在吗, 在吗
        return False
    return (
        one == other
        or SequenceMatcher(None, one[:80], other[:80], autojunk=False).ratio() >= _ALIKE
    )


def rises(levels: Sequence[float]) -> bool:
    """Return True when each of her last turns is graver than the one before; the latest first."""
    last = levels[:_LEAST_RISING]
    return len(last) == _LEAST_RISING and all(one > before for one, before in pairwise(last))


def joined(gathered: Gathered) -> str:
    """Return words that were sent in pieces as one: 我 / 要 / 退款; empty when they were not."""
    pieces = [*gathered.earlier[-3:], gathered.text]
    return (
        "".join(pieces) if len(pieces) > 1 and all(len(p) <= _SHORT_CHARS for p in pieces) else ""
    )


def faded(hit: Hit, turns_ago: int, age_s: float, *, calm: float = 1.0) -> Hit:
    """Return an older hit as it counts now; `calm` is what her last words leave of it."""
    keeps = hit.label in (Label.SAFETY, Label.HUMAN_REQUEST)
    by = (0.95 if keeps else _DECAY) ** turns_ago * 0.5 ** (age_s / _HALF_LIFE_S)
    return replace(hit, weight=hit.weight * by * (1.0 if hit.always and calm > RESOLVED else calm))

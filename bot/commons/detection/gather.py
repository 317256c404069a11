"""What a conversation adds to a message: repetition, waiting, what stays open, and what is over."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from bot.commons.detection.evidence import Context, Hit, Label, Role, Turn
from bot.commons.detection.words import plain

MOST_TURNS = 8
"""Of the member's own that are looked at."""
_DECAY = 0.85
_HALF_LIFE_S = 6 * 3600.0
_ALIKE = 0.75
_SHORT_CHARS = 8

_RESOLVED = re.compile(
    r"(?:谢谢|谢啦|感谢|多谢|辛苦|好的|好滴|好哒|ok|嗯嗯|哦哦|可以了|没事|行,|行$|收到|明白|知道了|懂了|解决|看错|搞错|弄错|误会|不用了|好了|找到了|满意|\[赞]|\[谢])"
)
_STILL = re.compile(
    r"但|可是|还是|又|却|没(?:收|人|有|到|用|退|解决|发|理)|不(?:行|能|会|对|好|给|退|理|是|想|满|来)|才|怎么|为什么|凭什么|投诉|差评|再也|坏|断|破|烂|掉|脓|肿|骗|假|呵呵|\[微笑]|\[怒]|\[差]|\[无语]|算了|随便|等|\?|三|几天|以后|推荐得好|记住|不用你|自己|呗|哼"
)
_UNHELPED = re.compile(
    r"不会(?:弄|用|操作)|看不懂|听不懂|没听懂|不明白|弄不来|不懂|没用|没解决|还是不行|不管用"
)


@dataclass(frozen=True, slots=True)
class Gathered:
    """The member's words in order, and what became of the older ones."""

    text: str
    earlier: tuple[str, ...]
    heard: tuple[str, ...]
    ages_s: tuple[float, ...]
    """Of `earlier`."""
    signs: Mapping[str, float]


def gather(turns: Sequence[Turn], context: Context) -> Gathered:
    """Return a member's last turns, those before a resolution left out."""
    mine: list[tuple[str, float]] = []
    heard: list[str] = []
    for turn in turns[-3 * MOST_TURNS :]:
        said = plain(turn.text)
        if turn.role is Role.USER:
            mine.append((said, turn.age_s))
        elif turn.role is Role.AGENT:
            heard.append(said)
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
        last, tuple(said for said, _ in before), tuple(heard[-MOST_TURNS:]), ages, signs
    )


def is_resolved(text: str) -> bool:
    """Return True for words that end a matter: 谢谢,收到了."""
    return bool(_RESOLVED.search(text)) and not _STILL.search(text)


def _signs(
    text: str, before: Sequence[str], context: Context, *, resolved: bool
) -> Mapping[str, float]:
    signs = {
        "resolved": float(resolved),
        "repeated": float(any(_alike(text, each) for each in before)),
        "unhelped": float(bool(before) and bool(_UNHELPED.search(text))),
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


def joined(gathered: Gathered) -> str:
    """Return words that were sent in pieces as one: 我 / 要 / 退款; empty when they were not."""
    pieces = [*gathered.earlier[-3:], gathered.text]
    return (
        "".join(pieces) if len(pieces) > 1 and all(len(p) <= _SHORT_CHARS for p in pieces) else ""
    )


def faded(hit: Hit, turns_ago: int, age_s: float, *, resolved: bool) -> Hit:
    """Return an older hit as it counts now."""
    if resolved and not hit.always:
        return replace(hit, weight=hit.weight * 0.15)
    keeps = hit.label in (Label.SAFETY, Label.HUMAN_REQUEST)
    by = (0.95 if keeps else _DECAY) ** turns_ago * 0.5 ** (age_s / _HALF_LIFE_S)
    return replace(hit, weight=hit.weight * by)

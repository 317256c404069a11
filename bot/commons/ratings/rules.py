"""How ratings are counted, when she is asked for one, and what a score is in words. Arithmetic."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.commons.cases import Ending, Kind
from bot.kernel.words import closed, plain

ENOUGH = 30
"""Of fewer answers no share is told: 样本不足."""
OPEN = timedelta(hours=24)
"""So long she may answer, and so long after her first answer change it."""
AGAIN = timedelta(days=14)
"""She is not asked again so soon, except about a complaint."""
LOW = 2
"""From here down a supervisor looks at it."""
CLOSING_LINE = timedelta(hours=48)
"""So long a question waits for the end of a session at the platform."""
MIXED = 3
"""Who gives so many stars outside, or fewer, has something to say to us."""
SATISFIED = 4
TEN = 10
"""The scale of recommending goes from 0 to here."""
_PROMOTERS, _DETRACTORS = 9, 6
_PERCENT = 100

NOT_ASKED = frozenset({Ending.FALSE_ALARM, Ending.NOT_OURS, Ending.ERASED})
"""After these there is nothing to rate."""
ALWAYS_ASKED = frozenset({Kind.COMPLAINT, Kind.SAFETY})

_SAID = {
    1: ("1", "1分", "一分", "很不满意", "非常不满意", "一星", "1星"),
    2: ("2", "2分", "二分", "两分", "不满意", "不太满意", "两星", "二星", "2星"),
    3: ("3", "3分", "三分", "一般", "一般般", "还行", "三星", "3星"),
    4: ("4", "4分", "四分", "满意", "比较满意", "四星", "4星"),
    5: ("5", "5分", "五分", "非常满意", "很满意", "特别满意", "五星", "5星", "五星好评"),
}
_SCORES = {
    form: score
    for score, words in _SAID.items()
    for word in words
    for form in (plain(word), plain(word.replace("满", "滿")))
}


class State(StrEnum):
    """Where a rating stands."""

    EXPECTED = "expected"
    """She is asked with the line that ends the session at the platform."""
    DUE = "due"
    """She is asked in a moment."""
    ASKED = "asked"
    ANSWERED = "answered"
    NOT_ASKED = "not_asked"
    """No way led to her, she wants quiet, or she was asked a short while ago."""


class Node(StrEnum):
    """A moment of an order at which its member may be asked (极简问卷)."""

    PAID = "paid"
    """订单完成."""
    DELIVERED = "delivered"
    """签收."""
    USED = "used"
    """Some days after she had it in her hands (使用 7 天内)."""


class Stage(StrEnum):
    """How far a node of an order has come."""

    WAITING = "waiting"
    ASKED = "asked"
    ANSWERED = "answered"
    SKIPPED = "skipped"


class Skipped(StrEnum):
    """Why she was not asked at a node."""

    LATE = "late"
    """It was known too late, or there was no moment for it."""
    LATELY = "lately"
    """She was asked something a short while ago."""
    RETURNED = "returned"
    """The order does not count any more."""
    HUMAN = "human"
    """A human has her, or she has reason to complain."""
    QUIET = "quiet"
    """She wants no such letters, or wants to leave."""
    NO_WAY = "no_way"
    UNSAID = "unsaid"
    """The letter never left."""


class About(StrEnum):
    """What a member's words about us are about."""

    PRODUCT = "product"
    """商品质量."""
    SERVICE = "service"
    """服务流程."""
    EXPERIENCE = "experience"
    """体验设计."""
    UNSURE = "unsure"
    """待分类."""
    FINE = "fine"
    """无需改进: praise, or nothing about us; the rules say so of outside comments alone."""


@dataclass(frozen=True, slots=True)
class Csat:
    """How content members are (满意度): the share of 4 and 5 among those who answered."""

    n: int
    satisfied: int
    total: int
    """Of all scores."""

    @property
    def is_enough(self) -> bool:
        """Return whether a share may be told."""
        return self.n >= ENOUGH

    @property
    def percent(self) -> int | None:
        """Return the share in percent, rounded half up; None of too few."""
        return _share(self.satisfied, self.n) if self.is_enough else None

    @property
    def average(self) -> float | None:
        """Return the average score; None of too few."""
        return round(self.total / self.n, 2) if self.is_enough else None


def csat(scores: Iterable[int]) -> Csat:
    """Return how content those are who answered; 0 is no answer."""
    given = [score for score in scores if score]
    return Csat(len(given), sum(score >= SATISFIED for score in given), sum(given))


@dataclass(frozen=True, slots=True)
class Nps:
    """Net promoter score: who answers 9 or 10 less who answers 0 to 6, in percent."""

    n: int
    promoters: int
    detractors: int

    @property
    def passives(self) -> int:
        """Return who answers 7 or 8."""
        return self.n - self.promoters - self.detractors

    @property
    def is_enough(self) -> bool:
        """Return whether a share may be told."""
        return self.n >= ENOUGH

    @property
    def score(self) -> int | None:
        """Return −100 to 100, rounded to the nearest; None when nobody answered."""
        if not self.n:
            return None
        net = self.promoters - self.detractors
        rounded = _share(abs(net), self.n)
        return rounded if net >= 0 else -rounded


def nps(answers: Iterable[int | None]) -> Nps:
    """Return the net promoter score of answers from 0 to 10; None is no answer, and not counted.

    Raises:
        ValueError: an answer is on no such scale.
    """
    given: Sequence[int] = [answer for answer in answers if answer is not None]
    if wrong := [answer for answer in given if not 0 <= answer <= TEN]:
        raise ValueError(f"answers from 0 to {TEN}, found {wrong[0]}")
    return Nps(
        len(given),
        sum(answer >= _PROMOTERS for answer in given),
        sum(answer <= _DETRACTORS for answer in given),
    )


def _share(part: int, whole: int) -> int:
    return (2 * _PERCENT * part + whole) // (2 * whole)


def score_said(text: str) -> int | None:
    """Return the score that words are, nothing else being in them; None for other words."""
    return _SCORES.get(closed(plain(text)))

"""Finds the question that is most like what was said: cosine over characters, pairs and words.

A term that few questions have counts more. What the index has never heard counts as well, so
that talk about something else is like nothing in it.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from bot.commons.answers.folding import PLAIN, Folding, Units

_ONE, _PAIR, _WORD = 0.35, 1.0, 1.6
"""What a character, two that stand together, and a word of the table weigh."""
_STRANGE = 0.3
"""How much of the weight of two characters is left that stand together nowhere in the index."""
_LIKE = 0.6
"""How much being like one question counts; the rest is how much of what was said is known."""
_NEAR = 0.6
"""From this part of the first score on something is offered beside it."""
_BESIDE = 0.5
"""How much is known of what stands in the answer alone."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """What can be found: its key, the questions that lead to it, and what else speaks of it."""

    key: str
    questions: Sequence[str]
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """What both have, and how much it counts: 1 for all of it."""

    words: str
    share: float


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that may be meant: its score, from 0 to 1, and why."""

    key: str
    score: float
    question: str
    """Which of its questions is most like it."""
    terms: Sequence[Term]


class Sureness(StrEnum):
    """How well something was understood."""

    SURE = "sure"
    UNSURE = "unsure"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class _Entry:
    key: str
    question: str
    terms: dict[str, float]
    length: float


class Index:
    """What can be found. The order in which it is given means nothing."""

    def __init__(self, leaves: Iterable[Leaf], folding: Folding = PLAIN) -> None:
        self._folding = folding
        self._beside: dict[str, set[str]] = defaultdict(set)
        self._asked: dict[str, set[str]] = defaultdict(set)
        counted: dict[tuple[str, str], dict[str, float]] = {}
        for leaf in leaves:
            self._beside[leaf.key].update(_terms(folding.units(leaf.beside, most=None)))
            for question in leaf.questions:
                counted[leaf.key, question] = terms = _terms(folding.units(question))
                self._asked[leaf.key].update(terms)
        self._heard = Counter(term for terms in self._asked.values() for term in terms)
        self._known = set(self._heard).union(*self._beside.values())
        self._having: dict[str, list[_Entry]] = defaultdict(list)
        for (key, question), terms in sorted(counted.items()):
            weighed = self._weighed(terms)
            entry = _Entry(key, question, weighed, _length(weighed))
            for term in weighed:
                self._having[term].append(entry)

    def find(self, said: str, *, most: int = 5) -> Sequence[Hit]:
        """Return what may be meant, the likeliest first."""
        terms = self._weighed(_terms(self._folding.units(said)))
        length, whole = _length(terms), sum(terms.values())
        dots: dict[tuple[str, str], float] = defaultdict(float)
        entries: dict[tuple[str, str], _Entry] = {}
        for term in sorted(terms):
            for entry in self._having.get(term, ()):
                at = (entry.key, entry.question)
                entries[at] = entry
                dots[at] += terms[term] * entry.terms[term]
        best: dict[str, tuple[float, str]] = {}
        for (key, question), dot in dots.items():
            like = dot / (length * entries[key, question].length)
            best[key] = max(best.get(key, (0.0, "")), (round(like, 9), question))
        scored = []
        for key, (like, question) in best.items():
            known = sum(weight * self._known_of(key, term) for term, weight in terms.items())
            score = _LIKE * like + (1 - _LIKE) * known / whole
            scored.append((-round(min(1.0, score), 9), key, question))
        return [
            _hit(-score, entries[key, question], terms)
            for score, key, question in sorted(scored)[:most]
        ]

    def _known_of(self, key: str, term: str) -> float:
        if term in self._asked[key]:
            return 1.0
        return _BESIDE if term in self._beside[key] else 0.0

    def _weighed(self, terms: dict[str, float]) -> dict[str, float]:
        return {term: weight * self._rarity(term) for term, weight in terms.items()}

    def _rarity(self, term: str) -> float:
        heard = self._heard.get(term, 0)
        rarity = math.log(1 + (len(self._asked) - heard + 0.5) / (heard + 0.5))
        is_strange = len(term) > 1 and not term.startswith("=") and term not in self._known
        return rarity * _STRANGE if is_strange else rarity


def _hit(score: float, entry: _Entry, said: dict[str, float]) -> Hit:
    both = {term: said[term] * entry.terms[term] for term in said if term in entry.terms}
    whole = sum(both.values()) or 1.0
    ranked = sorted(both.items(), key=lambda one: (-one[1], one[0]))
    return Hit(
        entry.key,
        score,
        entry.question,
        [Term(term.lstrip("="), weight / whole) for term, weight in ranked],
    )


def _terms(units: Units) -> dict[str, float]:
    terms: dict[str, float] = {}
    for unit in units:
        terms[f"={unit}" if len(unit) > 1 else unit] = _WORD if len(unit) > 1 else _ONE
    for left, right in pairwise(units):
        terms[f"{left}{right}"] = _PAIR
    return terms


def _length(terms: dict[str, float]) -> float:
    return math.sqrt(sum(weight * weight for weight in terms.values()))


def judge(
    hits: Sequence[Hit], *, sure: float, unsure: float, ahead: float
) -> tuple[Sureness, Sequence[Hit]]:
    """Return how well something was understood, and what may be meant.

    Args:
        hits: what was found, the likeliest first.
        sure: from this score on it is meant.
        unsure: from this score on it may be.
        ahead: by so much the first must be likelier than the second.
    """
    if not hits or hits[0].score < unsure:
        return Sureness.NOT, ()
    first, others = hits[0], hits[1:]
    if first.score >= sure and (not others or first.score - others[0].score >= ahead):
        return Sureness.SURE, (first,)
    return Sureness.UNSURE, [one for one in hits if one.score >= _NEAR * first.score]

"""Teaches the classifier what advisors said, without letting it forget what it knew.

Stochastic gradient from the model that is in use, with a pull back to it: pieces that no feedback
speaks of stay as they are, and of the shipped examples it keeps saying what it said (so that its
scores stay calibrated). Without feedback nothing changes. In plain Python.
"""

import math
import random
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.commons.detection.detector import ALERT, DIGEST, Detector
from bot.commons.detection.evidence import Evidence, Label
from bot.commons.learning import features
from bot.commons.learning.examples import SEVEREST, Example
from bot.commons.learning.model import ESCALATE, SEVERE, Weights

_FINEST = 32_000
_MOST_NEW = 50_000
_MILD_COUNTS = 0.3
"""A nit that rings is no false alarm that anybody minds; the doubt is the advisor's."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast it learns."""

    epochs: int = 4
    rate: float = 0.25
    pull: float = 0.002
    """Of each step's distance from where it began, given back."""
    feedback: float = 4.0
    """How many shipped examples a line of feedback counts as."""
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Figures:
    """What a detector makes of examples whose answers are known; shares of 1."""

    examples: int
    recall: float
    severe_recall: float
    digest_recall: float
    false_alarms: float
    """Of those that need no human, mild feedback left out."""
    false_digest: float

    def told(self) -> str:
        """Return them in a line."""
        return (
            f"recall {self.recall:.1%}, severity 3 {self.severe_recall:.1%}, with the digest"
            f" {self.digest_recall:.1%}; false alarms {self.false_alarms:.1%},"
            f" in the digest {self.false_digest:.1%}"
        )


@dataclass(frozen=True, slots=True)
class _Lesson:
    rows: Sequence[int]
    values: Sequence[float]
    signs: Mapping[str, float]
    wanted: Mapping[str, tuple[float, float]]
    """Of each head: the answer, and how much it counts."""


def measure(detector: Detector, examples: Sequence[Example]) -> Figures:
    """Return how a detector does at the two thresholds."""
    found = [(each, detector.detect(each.turns).score) for each in examples]
    needed = [score for each, score in found if each.escalate]
    severe = [score for each, score in found if each.escalate and each.severity == SEVEREST]
    calm = [
        score
        for each, score in found
        if not each.escalate and each.label is not Label.MILD_FEEDBACK
    ]
    return Figures(
        len(found),
        _share(needed, ALERT),
        _share(severe, ALERT),
        _share(needed, DIGEST),
        _share(calm, ALERT),
        _share(calm, DIGEST),
    )


def _share(scores: Sequence[float], threshold: float) -> float:
    return sum(score >= threshold for score in scores) / max(1, len(scores))


def train(
    weights: Weights,
    shipped: Sequence[Example],
    feedback: Sequence[Example],
    *,
    rules: Detector,
    day: date,
    pace: Pace | None = None,
) -> Weights:
    """Return a model that learned from feedback, and of the shipped examples forgot nothing.

    `rules` is any detector, for its evidence; `day` the local date that names the new model.
    """
    pace = pace or Pace()
    weights = _grown(weights, feedback, rules)
    student = _Student(weights, pace)
    lessons = [
        *(_kept(weights, rules, each) for each in shipped),
        *(_told(weights, rules, each, pace.feedback) for each in feedback),
    ]
    dice = random.Random(pace.seed)  # noqa: S311 - repeatable on purpose
    for epoch in range(pace.epochs):
        dice.shuffle(lessons)
        for lesson in lessons:
            student.take(lesson, pace.rate * (1 - epoch / pace.epochs))
    about = {
        **weights.about,
        "version": f"{day.isoformat()}+{len(feedback)}",
        "trained_on": day.isoformat(),
        "examples": len(shipped),
        "feedback": len(feedback),
    }
    return student.learned(about)


def _kept(weights: Weights, rules: Detector, example: Example) -> _Lesson:
    """Return a shipped example with what the model says of it now."""
    evidence = rules.evidence_of(example.turns)
    says = {head: (_share_of(each), 1.0) for head, each in weights.logits(evidence).items()}
    return _lesson(weights, evidence, says)


def _told(weights: Weights, rules: Detector, example: Example, counts: float) -> _Lesson:
    """Return feedback with what an advisor says of it."""
    return _lesson(weights, rules.evidence_of(example.turns), dict(_wanted(example, counts)))


def _lesson(
    weights: Weights, evidence: Evidence, wanted: Mapping[str, tuple[float, float]]
) -> _Lesson:
    rows, values = weights.rows(features.counts(evidence))
    return _Lesson(rows, values, features.signs(evidence), wanted)


def _share_of(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))


def _wanted(example: Example, counts: float) -> Iterator[tuple[str, tuple[float, float]]]:
    is_mild = example.label is Label.MILD_FEEDBACK
    yield ESCALATE, (float(example.escalate), counts * (_MILD_COUNTS if is_mild else 1.0))
    if example.severity is not None:
        yield SEVERE, (float(example.severity == SEVEREST), counts)
    if example.label is not None:
        for label in Label:
            yield str(label), (float(label is example.label), counts)


def _grown(weights: Weights, feedback: Sequence[Example], rules: Detector) -> Weights:
    """Return the model with room for pieces that only the feedback has."""
    new = {
        piece
        for example in feedback
        for piece in features.counts(rules.evidence_of(example.turns))
        if piece not in weights.pieces and "\n" not in piece
    }
    words = sorted(new)[:_MOST_NEW]
    if not words:
        return weights
    pieces = dict(weights.pieces) | {
        word: row for row, word in enumerate(words, len(weights.pieces))
    }
    rarest = max(weights.rarity, default=1.0)
    return Weights(
        pieces,
        [*weights.rarity, *[rarest] * len(words)],
        {head: [*column, *[0.0] * len(words)] for head, column in weights.columns.items()},
        weights.scales,
        weights.signs,
        weights.bias,
        weights.about,
    )


class _Student:
    """The weights while they change, and where they began."""

    def __init__(self, weights: Weights, pace: Pace) -> None:
        self._weights, self._pace = weights, pace
        self._began = {
            head: array("d", (each * weights.scales[head] for each in column))
            for head, column in weights.columns.items()
        }
        self._now = {head: array("d", column) for head, column in self._began.items()}
        self._signs = {head: dict(signs) for head, signs in weights.signs.items()}
        self._bias = dict(weights.bias)

    def take(self, lesson: _Lesson, rate: float) -> None:
        """Move each head a step towards the answer."""
        for head, (answer, counts) in lesson.wanted.items():
            if head not in self._now:
                continue
            wrong = (self._says(head, lesson) - answer) * counts
            if abs(wrong) > 0.02:  # noqa: PLR2004 - what it knows it need not learn
                self._step(head, lesson, rate * wrong)

    def _says(self, head: str, lesson: _Lesson) -> float:
        column, signs = self._now[head], self._signs[head]
        total = self._bias[head]
        total += sum(
            column[row] * value for row, value in zip(lesson.rows, lesson.values, strict=True)
        )
        total += sum(signs.get(name, 0.0) * sign for name, sign in lesson.signs.items())
        return _share_of(total)

    def _step(self, head: str, lesson: _Lesson, by: float) -> None:
        column, began, pull = self._now[head], self._began[head], self._pace.pull
        for row, value in zip(lesson.rows, lesson.values, strict=True):
            column[row] -= by * value + pull * (column[row] - began[row])
        signs, old = self._signs[head], self._weights.signs[head]
        for name, sign in lesson.signs.items():
            was = signs.get(name, 0.0)
            signs[name] = was - 0.1 * by * sign - pull * (was - old.get(name, 0.0))
        self._bias[head] -= 0.1 * by

    def learned(self, about: Mapping[str, object]) -> Weights:
        """Return the weights as a model."""
        scales = {
            head: max(map(abs, column), default=0.0) / _FINEST or 1.0
            for head, column in self._now.items()
        }
        columns = {
            head: [each / scales[head] for each in column] for head, column in self._now.items()
        }
        weights = self._weights
        return Weights(
            weights.pieces, weights.rarity, columns, scales, self._signs, self._bias, about
        )

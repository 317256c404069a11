"""Questions, answers and how they are counted. Arithmetic only."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from pydantic import BaseModel, ConfigDict, Field

from bot.commons.ratings import TEN, Nps, nps

SCALE = 5
TEXT_CHARS = 500
LEAST_ANONYMOUS = 5
"""Of fewer anonymous answers nothing but their number is shown."""
_PERCENT = 100
POINTS = {"scale": range(1, SCALE + 1), "nps": range(TEN + 1)}
"""What can be chosen where a question has no options of its own."""
_KINDS = {"单选": "single", "多选": "multi", "打分": "scale", "推荐": "nps", "文字": "text"}
_LINE = re.compile(rf"({'|'.join(_KINDS)})[\s:：]+(.+)")

Answer = tuple[int, ...] | str
"""Numbers of options from 1, or points; words for a text; nothing for not answered."""


class SurveySettings(BaseModel):
    """The section `[surveys]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    close_after_s: int = Field(default=120, ge=0, le=3600)
    """So long after its end a survey is closed: what was sent in time may arrive late."""


class State(StrEnum):
    """Where a survey stands."""

    DRAFT = "draft"
    """Nobody was asked; it follows its file."""
    SENT = "sent"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Question:
    """One question."""

    text: str
    kind: str
    options: tuple[str, ...] = ()
    required: bool = True


@dataclass(frozen=True, slots=True)
class Bar:
    """How often something was chosen."""

    label: str
    count: int
    percent: int | None
    """None of too few."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one question."""

    question: Question
    n: int
    """Who answered this one."""
    bars: tuple[Bar, ...] = ()
    average: float | None = None
    nps: Nps | None = None
    texts: tuple[str, ...] = ()


class BadAnswer(ValueError):
    """A question is not answered as it asks; `question` is its number from 1."""

    def __init__(self, question: int, why: str) -> None:
        super().__init__(why)
        self.question, self.why = question, why


def read(form: Mapping[str, str], questions: Sequence[Question]) -> tuple[Answer, ...]:
    """Return the answers that a form holds.

    Raises:
        BadAnswer: a required one is missing, too long, or no option.
    """
    return tuple(_one(form, number, each) for number, each in enumerate(questions, 1))


def _one(form: Mapping[str, str], number: int, question: Question) -> Answer:
    answer: Answer
    if question.kind == "text":
        answer = form.get(f"q-{number}", "").strip()
        if len(answer) > TEXT_CHARS:
            raise BadAnswer(number, "too_long")
    elif question.kind == "multi":
        many = range(1, len(question.options) + 1)
        answer = tuple(n for n in many if form.get(f"q-{number}-{n}"))
    else:
        answer = _chosen(form.get(f"q-{number}", ""), number, question)
    if question.required and not answer:
        raise BadAnswer(number, "missing")
    return answer


def _chosen(said: str, number: int, question: Question) -> tuple[int, ...]:
    if not said:
        return ()
    numbers = POINTS.get(question.kind, range(1, len(question.options) + 1))
    known = {str(n): n for n in numbers}
    if said not in known:
        raise BadAnswer(number, "no_option")
    return (known[said],)


def count(questions: Sequence[Question], answers: Sequence[Sequence[Answer]]) -> list[Result]:
    """Return what came of each question."""
    return [
        _count(question, [given[place] for given in answers if place < len(given)])
        for place, question in enumerate(questions)
    ]


def _count(question: Question, given: Sequence[Answer]) -> Result:
    said = [answer for answer in given if answer]
    if question.kind == "text":
        return Result(question, len(said), texts=tuple(str(answer) for answer in said))
    chosen = [n for answer in said if not isinstance(answer, str) for n in answer]
    if question.kind == "nps":
        found = nps(chosen)
        return Result(question, found.n, _shares(found), nps=found)
    labels = question.options or tuple(f"{n} 分" for n in POINTS["scale"])
    counts = [chosen.count(n) for n in range(1, len(labels) + 1)]
    bars = tuple(
        Bar(label, many, share(many, len(said))) for label, many in zip(labels, counts, strict=True)
    )
    is_scale = question.kind == "scale" and chosen
    return Result(question, len(said), bars, sum(chosen) / len(chosen) if is_scale else None)


def _shares(found: Nps) -> tuple[Bar, ...]:
    parts = {
        "推荐者 9–10": found.promoters,
        "中立 7–8": found.passives,
        "贬损者 0–6": found.detractors,
    }
    return tuple(
        Bar(label, many, share(many, found.n) if found.is_enough else None)
        for label, many in parts.items()
    )


def share(part: int, whole: int) -> int:
    """Return a part in percent, rounded half up; 0 of nothing."""
    return (2 * _PERCENT * part + whole) // (2 * whole) if whole else 0


def token(salt: str, member: int) -> str:
    """Return by what an anonymous answer is found again until the survey closes."""
    return sha256(f"{salt}:{member}".encode()).hexdigest()


def questions_in(text: str) -> list[dict[str, object]] | None:
    """Return the questions that an operator typed, one on a line; None for a line that is none.

    `单选 颜色？ | 黑 | 白`, `多选 …`, `打分 满意吗`, `推荐 会推荐吗`, `文字 还想说什么`.
    """
    found: list[dict[str, object]] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        match = _LINE.fullmatch(line)
        if match is None:
            return None
        asked, *options = [part.strip() for part in re.split(r"[|｜]", match[2]) if part.strip()]
        question: dict[str, object] = {"text": asked, "kind": _KINDS[match[1]]}
        found.append(question | ({"options": options} if options else {}))
    return found or None


def is_over(closes_at: datetime, now: datetime, settings: SurveySettings) -> bool:
    """Return True when a survey is to be closed."""
    return now >= closes_at + timedelta(seconds=settings.close_after_s)

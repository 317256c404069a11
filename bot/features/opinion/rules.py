"""What is asked about, and what an answer may change."""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.commons.detection import ALERT, DIGEST
from bot.kernel.opinions import Verdict

ASK = "opinion.ask"
"""The room's errand."""
UNSURE_FROM, UNSURE_TO = 0.15, 0.7
"""Outside of these scores nobody is asked: the detector is sure."""
GRAVE = 3
"""What a rule calls so grave is never made less of."""
TURNS, TURNS_HOURS = 5, 48
"""So much of a conversation is shown to the model."""
FRESH_S = 600.0
"""Later than this an opinion helps nobody any more."""
CLAIM_S = 60.0
"""A question under way for longer has lost its process."""
MOST_TRIES = 2
FEW = 5
"""So many failures in a row, and nobody is asked for `REST_S` seconds."""
REST_S = 900.0
KEEP_DAYS = 30


class State(StrEnum):
    """Where a question stands."""

    WANTED = "wanted"
    ASKED = "asked"
    """Under way, or its process has died."""
    ANSWERED = "answered"
    FAILED = "failed"
    SKIPPED = "skipped"


class Why(StrEnum):
    """Why nobody was asked, or an answer changed nothing; besides `Trouble`."""

    REQUESTS = "requests"
    TOKENS = "tokens"
    """The budget of the day is used up."""
    LATE = "late"
    CRASHED = "crashed"
    OFF = "off"
    """It was disabled meanwhile."""
    GRAVE = "grave"
    PROMPTED = "prompted"
    """What she wrote speaks to a model; such an answer lowers nothing."""


class Became(StrEnum):
    """What an answer made of a score."""

    RAISED = "raised"
    LOWERED = "lowered"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A score after an answer."""

    score: float
    became: Became
    why: str = ""


_TO_A_MODEL = re.compile(
    r"忽略.{0,12}(?:指令|指示|要求|提示|规则|内容)|无视.{0,12}(?:指令|指示|要求|提示|规则)"
    r"|(?:输出|打|给|返回|评).{0,6}(?:0|零|1|一)\s*分|系统提示|提示词|你(?:现在)?是一?个?(?:ai|模型|助手|语言模型)"
    r"|ignore.{0,30}(?:above|previous|prior|instruction)|disregard.{0,30}(?:above|previous|instruction)"
    r"|system\s*prompt|(?:score|severity|label)\W{0,4}[:=：]|</?conversation|json",
    re.IGNORECASE | re.DOTALL,
)


def is_unsure(score: float, severity: int) -> bool:
    """Return True when a second opinion may change something."""
    settled = severity >= GRAVE and score >= ALERT
    return UNSURE_FROM <= score <= UNSURE_TO and not settled


def speaks_to_a_model(text: str) -> bool:
    """Return True when words look as if they were to tell a model what to answer."""
    return bool(_TO_A_MODEL.search(text))


def weigh(score: float, severity: int, verdict: Verdict, *, prompted: bool = False) -> Outcome:
    """Return what becomes of a score: it may rise, and sink no further than the digest.

    Args:
        score: what the detector found.
        severity: 0 to 3, what its rules found.
        verdict: the second opinion.
        prompted: what she wrote speaks to a model.
    """
    wanted = verdict.score if verdict.score >= score else max(verdict.score, min(score, DIGEST))
    if wanted < score and severity >= GRAVE:
        return Outcome(score, Became.KEPT, Why.GRAVE)
    if wanted < score and prompted:
        return Outcome(score, Became.KEPT, Why.PROMPTED)
    if wanted >= ALERT > score:
        return Outcome(wanted, Became.RAISED)
    if wanted < ALERT <= score:
        return Outcome(wanted, Became.LOWERED)
    return Outcome(wanted, Became.KEPT)

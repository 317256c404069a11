"""Decides whether a human should be told of what a member wrote, and says why.

Whatever goes wrong in here counts as "a human is needed".
"""

import math
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import structlog

from bot.commons.detection import elapsed, gather, value, words
from bot.commons.detection.evidence import (
    ASKS_FOR_HUMAN,
    Classifier,
    Context,
    Evidence,
    Hit,
    Label,
    Turn,
)
from bot.commons.detection.guards import Guards, calmed, factor, guards_of
from bot.commons.detection.matter import OwnRules
from bot.commons.detection.rulebook import Rulebook

ALERT = 0.5
"""From here on an advisor is told at once."""
DIGEST = 0.2
"""From here on it goes to a list that somebody reviews."""

LONGEST_S = 0.3
"""Of the thread's own time; what takes longer is looked at by a human."""
_TRIES = 2

_GRAVEST = 3
_KEPT = 0.3
"""Where rules alone would ring a person reads it, whatever the classifier says."""
_HARD = 0.9
"""A rule of this weight, after guards and decay, decides alone, whatever the classifier says."""
_AGREED = 0.97
"""Where rules of several families say this together, the classifier cannot doubt it."""
_MOST_REASONS = 4
_TELLING = 0.15
"""A rule weaker than this is no reason."""
_CONTEXT = "context"
"""The family of rules that say nothing alone, but raise what others say."""
_BURST = re.compile(r"[!?！？]")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, for whoever decides what happens."""

    score: float
    """0 to 1; `ALERT` and `DIGEST` are the thresholds."""
    label: Label
    severity: int
    """0 none, 1 mild, 2 clear, 3 safety, law, exposure, fraud."""
    reasons: tuple[str, ...]
    """In Chinese, for the advisor's card; the weightiest first."""
    aspects: tuple[str, ...]
    hits: tuple[str, ...]
    """The ids of the rules that hold."""
    is_error: bool = False
    is_certain: bool = False
    """A rule decides it alone, whatever else was found: 我要投诉, 12315, an emergency."""

    @property
    def alerts(self) -> bool:
        """Return True when an advisor is told at once."""
        return self.score >= ALERT


class Detector:
    """The rules, and a classifier if there is one."""

    def __init__(
        self,
        own: OwnRules | None = None,
        classifier: Classifier | None = None,
        *,
        now_s: Callable[[], float] = time.thread_time,
    ) -> None:
        self._book = Rulebook(own)
        self._classifier = classifier
        self._now_s = now_s
        self._read = lru_cache(maxsize=4096)(self._read_anew)
        """What a text holds, whoever said it: earlier turns are looked at again and again."""

    def detect(self, turns: Sequence[Turn], context: Context | None = None) -> Finding:
        """Return what was found in the member's last turn and those before it.

        An error is found too, and what took too long: a human looks at what could not be looked at.
        It is too long when it is so twice: a pause of the collector is not the message's fault.
        """
        took_s = 0.0
        for _ in range(_TRIES):
            began_s = self._now_s()
            try:
                found = self._weigh(self.evidence_of(turns, context))
            except Exception as exc:  # noqa: BLE001 - whatever it is, a human looks
                # without the traceback: an error may quote what it could not read
                log.error("detection.failed", error=type(exc).__name__, turns=len(turns))  # noqa: TRY400
                return self._failed()
            if (took_s := self._now_s() - began_s) <= LONGEST_S:
                return found
        log.error("detection.too_slow", seconds=round(took_s, 3), turns=len(turns))
        return self._failed()

    def _failed(self) -> Finding:
        reason = self._book.reasons["detector_error"]
        return Finding(1.0, Label.COMPLAINT, 2, (reason,), ("service",), (), is_error=True)

    def evidence_of(self, turns: Sequence[Turn], context: Context | None = None) -> Evidence:
        """Return all that the detector sees; what the classifier is trained on, too."""
        known = context or Context()
        gathered = gather.gather(turns, known)
        resolved = bool(gathered.signs.get("resolved"))
        before = gathered.earlier[-1] if gathered.earlier else ""
        hits, guards = self._hits(gathered.text, known, gathered.heard, before)
        best = {hit.rule: hit for hit in hits}
        calm = gather.RESOLVED if resolved or "playful" in guards else calmed(guards)
        levels = [together_score(hits)]
        for ago, (said, age_s) in enumerate(
            zip(reversed(gathered.earlier), reversed(gathered.ages_s), strict=True), 1
        ):
            was = self._hits(said, known)[0]
            levels.append(together_score(was))
            for hit in was:
                _keep(best, gather.faded(hit, ago, age_s, calm=calm))
        if together := gather.joined(gathered):
            for hit in self._hits(together, known)[0]:
                _keep(best, hit)
        if not resolved:
            signs = {**gathered.signs, "rising": float(gather.rises(levels))}
            for hit in self._book.counted(signs):
                _keep(best, hit)
        found = sorted(best.values(), key=lambda hit: -hit.weight)
        return Evidence(
            gathered.text,
            gathered.earlier,
            gathered.heard,
            found,
            {name: each.factor for name, each in guards.items()},
            _marks(gathered.raw),
            gathered.signs,
            together_score(found),
        )

    def _hits(
        self, text: str, context: Context, heard: Sequence[str] = (), before: str = ""
    ) -> tuple[list[Hit], Guards]:
        """Return the rules that hold in one text, weakened by its guards."""
        read, guards = self._read(text)
        found = [*read, *self._book.counted(_counts(text, context, heard, before))]
        weak = [replace(hit, weight=hit.weight * factor(hit, guards)) for hit in found]
        return weak, guards

    def _read_anew(self, text: str) -> tuple[Sequence[Hit], Guards]:
        return self._book.hits(text), guards_of(text)

    def _weigh(self, evidence: Evidence) -> Finding:
        heads: Mapping[str, float] = {}
        score = evidence.rules_score
        if self._classifier is not None:
            heads = self._classifier.logits(evidence)
            score = max(_floor(evidence.hits), _sigmoid(heads["escalate"]))
            if evidence.rules_score >= ALERT:
                score = max(score, _KEPT)
            if evidence.rules_score >= _AGREED:
                score = max(score, evidence.rules_score)
        score = _raised(score, evidence.hits)
        telling = [
            hit for hit in evidence.hits if hit.weight >= _TELLING and hit.label in ASKS_FOR_HUMAN
        ]
        reasons = tuple(dict.fromkeys(hit.reason for hit in telling))[:_MOST_REASONS]
        if score >= DIGEST and not reasons:
            reasons = (self._book.reasons["classifier"],)
        strong = [hit for hit in evidence.hits if hit.weight >= DIGEST]
        severity = max((hit.severity for hit in strong), default=0)
        severity = max(severity, 1 if score >= DIGEST else 0)
        if score >= ALERT and heads.get("severe", -1.0) >= 0:
            severity = 3
        return Finding(
            score,
            _label(evidence.hits, heads, alerts=score >= ALERT),
            severity,
            reasons,
            tuple(dict.fromkeys(hit.aspect for hit in strong if hit.aspect)),
            tuple(hit.rule for hit in evidence.hits),
            is_certain=_floor(evidence.hits) >= ALERT,
        )


def together_score(hits: Sequence[Hit]) -> float:
    """Return what rules say together: within a family the surest, families as independent."""
    families: dict[str, float] = {}
    for hit in hits:
        if hit.label in ASKS_FOR_HUMAN and hit.family != _CONTEXT:
            families[hit.family] = max(families.get(hit.family, 0.0), hit.weight)
    return 1 - math.prod(1 - min(weight, 0.99) for weight in families.values())


def _floor(hits: Sequence[Hit]) -> float:
    """Return what rules decide alone, whatever the classifier says: the sure and the gravest."""
    return max((hit.weight for hit in hits if hit.weight >= _decides(hit)), default=0.0)


def _decides(hit: Hit) -> float:
    return ALERT if hit.always or hit.sure or hit.severity >= _GRAVEST else _HARD


def _raised(score: float, hits: Sequence[Hit]) -> float:
    """Return a score with its odds raised by what is known of the member; nothing stays nothing."""
    odds = 1.0
    for hit in hits:
        if hit.family == _CONTEXT:
            odds *= (1 + hit.weight) / (1 - min(hit.weight, 0.9))
    return score * odds / (1 - score + score * odds)


def _label(hits: Sequence[Hit], heads: Mapping[str, float], *, alerts: bool) -> Label:
    """Return what it is: safety before a request for a human before whatever weighs most."""
    for first in (Label.SAFETY, Label.HUMAN_REQUEST):
        if any(hit.label is first and hit.weight >= ALERT for hit in hits):
            return first
    known = [label for label in Label if label in heads and (label in ASKS_FOR_HUMAN or not alerts)]
    if known:
        return max(known, key=lambda label: heads[label])
    telling = [hit for hit in hits if hit.weight >= DIGEST]
    return telling[0].label if telling else Label.COMPLAINT if alerts else Label.CHITCHAT


def _keep(best: dict[str, Hit], hit: Hit) -> None:
    if hit.rule not in best or best[hit.rule].weight < hit.weight:
        best[hit.rule] = hit


def _counts(text: str, context: Context, heard: Sequence[str], before: str) -> Mapping[str, float]:
    """Return what arithmetic says of one text: time that has passed, amounts, numbers of things."""
    return {
        "late": elapsed.lateness(text, before),
        "asked_again": float(elapsed.asks_again(text)),
        "large": float(value.is_large(text, context.large_yuan, heard)),
        "many": float(value.is_many(text, heard)),
        "foreign": float(words.is_foreign(text)),
    }


def _sigmoid(log_odds: float) -> float:
    if math.isnan(log_odds):
        raise ValueError("the classifier's answer is no number")
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, log_odds))))


def _marks(raw: str) -> Mapping[str, float]:
    return {"burst": float(len(_BURST.findall(raw))), "chars": float(len(raw))}

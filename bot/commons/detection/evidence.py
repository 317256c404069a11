"""What the detector looks at, and the socket of the classifier that looks at it too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Label(StrEnum):
    """What a message is; the first four ask for a human."""

    COMPLAINT = "complaint"
    HUMAN_REQUEST = "human_request"
    HIGH_VALUE = "high_value_intent"
    SAFETY = "safety_distress"
    MILD_FEEDBACK = "mild_feedback"
    FAQ = "faq"
    NEGATIVE_OTHER = "negative_other"
    PRAISE = "praise"
    CHITCHAT = "chitchat"
    COMMAND = "command"
    SPAM_AD = "spam_ad"


ASKS_FOR_HUMAN = frozenset(
    {Label.COMPLAINT, Label.HUMAN_REQUEST, Label.HIGH_VALUE, Label.SAFETY},
)


class Role(StrEnum):
    """Who said something in a conversation."""

    USER = "user"
    AGENT = "agent"
    """An advisor, or the bot."""
    OTHER = "other"
    """Another member of the group."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing said."""

    role: Role
    text: str
    age_s: float = 0.0
    """How long ago it was said, in seconds; 0 when nobody knows."""


@dataclass(frozen=True, slots=True)
class Context:
    """What else is known of the member; the defaults are those of a stranger."""

    unanswered_s: float = 0.0
    """How long her words have waited for an answer, in seconds."""
    not_understood: int = 0
    """How often in a row the bot has not understood her."""
    csat: int | None = None
    """The last rating of a case, 1 to 5."""
    has_open_complaint: bool = False
    """A complaint of the last 30 days, whether it is over or not."""
    promises_broken: int = 0
    """Of the last 30 days."""
    large_yuan: int = 2000
    """From this amount on a purchase is a large one."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that holds."""

    rule: str
    family: str
    label: Label
    weight: float
    """How sure the rule alone is that a human is needed, 0 to 1, after guards and decay."""
    severity: int
    aspect: str
    reason: str
    words: str = ""
    """What it matched, after normalisation; for the advisor, never for a log."""
    always: bool = False
    """Guards do not touch it."""
    sure: bool = False
    """The classifier does not lower it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that was seen, in the form in which the classifier gets it."""

    text: str
    """The member's last turn, normalised."""
    earlier: Sequence[str] = ()
    """Her turns before it, normalised, the newest last; those before a resolution are left out."""
    heard: Sequence[str] = ()
    """What agents said among them, normalised, the newest last."""
    hits: Sequence[Hit] = ()
    """The rules that hold, guarded and decayed."""
    guards: Mapping[str, float] = field(default_factory=dict)
    """Guards that hold, and by what they multiply."""
    marks: Mapping[str, float] = field(default_factory=dict)
    """Counts of the raw text: exclamations, questions, emoji, length …"""
    signs: Mapping[str, float] = field(default_factory=dict)
    """Of the conversation: repeated, rising, resolved, unanswered, promises_broken …"""
    rules_score: float = 0.0
    """What the rules alone say, 0 to 1."""


class Classifier(Protocol):
    """Weighs the evidence; the shipped one is a linear model."""

    def logits(self, evidence: Evidence) -> Mapping[str, float]:
        """Return the log-odds of each head.

        `escalate` (a human is needed) must be there. Of the labels, whichever it knows by their
        names (`complaint` …) say which one it is; `severe` that its severity is 3.
        """
        ...

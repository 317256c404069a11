"""A second opinion: what a language model elsewhere thinks of a few turns of a conversation.

Only an errand may ask for it, and only with words from which personal data was taken out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.kernel.errors import PlatformError

REASON_CHARS = 60


class OpinionLabel(StrEnum):
    """What it may call a conversation."""

    COMPLAINT = "complaint"
    HUMAN_REQUEST = "human_request"
    HIGH_VALUE_INTENT = "high_value_intent"
    SAFETY_DISTRESS = "safety_distress"
    MILD_FEEDBACK = "mild_feedback"
    FAQ = "faq"
    NEGATIVE_OTHER = "negative_other"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class MaskedTurn:
    """What somebody said, without personal data."""

    role: str
    """`member` or `shop`."""
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What it thinks, within the bounds of the schema."""

    label: OpinionLabel
    severity: int
    """0 to 3."""
    score: float
    """0 to 1: how surely a human is needed."""
    reason: str
    """At most `REASON_CHARS` characters."""
    tokens: int | None = None
    """What it says that this has cost; None when it does not say."""
    requests: int = 1


class Trouble(StrEnum):
    """Why there is no opinion."""

    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    LIMIT = "limit"
    REFUSED = "refused"
    """The key, the model or the address is wrong."""
    BROKEN = "broken"
    """A server error, or a redirect."""
    NOT_JSON = "not_json"
    BAD_SCHEMA = "bad_schema"


class NoOpinion(PlatformError):
    """There is no opinion; nothing changes."""

    def __init__(self, why: Trouble, reason: str, *, code: int = 0) -> None:
        super().__init__(reason, code=code)
        self.why = why
        self.requests = 1
        """How often was asked."""


class SecondOpinion(Protocol):
    """Asks for a second opinion; offered only where the configuration enables it."""

    host: str
    """Who is asked."""
    model: str
    requests_per_day: int
    tokens_per_day: int

    def most_tokens(self, turns: Sequence[MaskedTurn]) -> int:
        """Return what asking about these turns costs at the very most."""
        ...

    async def judge(self, turns: Sequence[MaskedTurn]) -> Verdict:
        """Ask about a conversation as it stands after its last turn.

        Raises:
            NoOpinion: there was no answer, or none that keeps to the schema.
        """
        ...

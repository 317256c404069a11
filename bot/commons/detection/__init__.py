"""Detection (识别): whether what a member writes needs a human."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

ALERT = 0.5
WORTH_A_LOOK = 0.2
_PLAIN = ("投诉", "退款", "假货", "过敏")


@dataclass(frozen=True, slots=True)
class Turn:
    """What somebody said."""

    role: str
    text: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found."""

    score: float
    label: str
    severity: int
    reasons: Sequence[str] = ()


class Detector:
    """Judges what members write."""

    def judge(self, turns: Sequence[Turn]) -> Finding:
        """Judge a conversation as it stands after its last turn."""
        words = " ".join(turn.text for turn in turns if turn.role == "user")
        found = [word for word in _PLAIN if word in words]
        return Finding(0.9 if found else 0.0, "complaint" if found else "", 2, found)

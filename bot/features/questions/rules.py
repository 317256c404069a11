"""Settings and states of questions. Arithmetic only."""

from datetime import timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

FEWEST_CHARS, MOST_CHARS, ANSWER_CHARS = 4, 500, 1500
DRAFT_LASTS = timedelta(minutes=30)
"""So long 仍要提问 is understood."""
_PERCENT = 100


class QuestionSettings(BaseModel):
    """The section `[questions]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    skill: str = ""
    """Advisors with this skill are told of questions; empty for operators alone."""
    remind_after_h: int = Field(default=48, ge=1, le=24 * 14)
    """So long without an answer, and whoever may answer is reminded; from then on daily."""
    most_a_day: int = Field(default=5, ge=1, le=100)
    """Questions of one member in 24 hours."""
    alike_percent: int = Field(default=60, ge=30, le=100)
    """So much of a question has to be in an answered one for that to be shown first."""

    @property
    def alike(self) -> float:
        """The same as a share of 1."""
        return self.alike_percent / _PERCENT


class State(StrEnum):
    """Where a question stands."""

    WAITING = "waiting"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    """Who asked took it back; its words are gone."""

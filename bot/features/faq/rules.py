"""The settings of the room, and what its words mean. No database."""

from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

OFFERED = 3
"""So many questions are offered at most when it is not sure which is meant."""
MOST_SAID = 200
"""So much of what somebody asked is kept."""


class FaqSettings(BaseModel):
    """The section `[faq]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sure: float = Field(default=0.55, gt=0, le=1)
    """From this score on, 0 to 1, the answer is given."""
    unsure: float = Field(default=0.36, gt=0, le=1)
    """From this score on she is asked back; below it she is not understood."""
    ahead: float = Field(default=0.04, ge=0, le=1)
    """By so much the first must be likelier than the second, or she is asked back."""
    keep_days: int = Field(default=90, ge=30, le=400)
    """So long what was asked is kept."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.unsure > self.sure:
            raise ValueError(f"unsure = {self.unsure} is above sure = {self.sure}")
        return self


class Outcome(StrEnum):
    """What came of a question."""

    ANSWERED = "answered"
    OFFERED = "offered"
    """She was asked back."""
    PICKED = "picked"
    """She was asked back, and said which."""
    MISSED = "missed"


NONE_OF_THEM = frozenset(
    {"都不是", "不是", "都不对", "不对", "没有", "都没有", "没有我要的", "0", "以上都不是"}
)
"""What she says when nothing of what was offered is meant."""
YES = frozenset({"是", "是的", "对", "对的", "嗯", "嗯嗯", "没错", "就是", "就是这个", "yes"})
"""What she says when the one thing that was offered is meant."""

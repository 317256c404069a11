"""Whose turn it is, and the settings of the room."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

MOVE = "handoff.move"
"""The errand that fulfils what is wished for."""
SURVEY = "handoff.survey"
"""The errand that compares what is written down with the platform."""


class HandoffSettings(BaseModel):
    """The section `[handoff]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    wait_minutes: int = Field(default=10, ge=1, le=1440)
    """After so many minutes without a human, and again each time, operators are told."""


class State(StrEnum):
    """Where a conversation stands."""

    BOT = "bot"
    ASKED = "asked"
    """She asked for a human, and the platform does not know it yet."""
    QUEUE = "queue"
    HUMAN = "human"
    NOBODY = "nobody"

    @property
    def is_quiet(self) -> bool:
        """True while the bot only listens."""
        return self in {State.ASKED, State.QUEUE, State.HUMAN}


class Wish(StrEnum):
    """What is to become of a conversation."""

    NONE = ""
    HUMAN = "human"
    END = "end"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A human on duty, and how many conversations she has."""

    human: str
    open: int
    is_advisor: bool


def in_turn(candidates: Sequence[Candidate]) -> list[str]:
    """Return whom to ask first: advisors before others, then whoever has the least to do."""
    ordered = sorted(candidates, key=lambda one: (not one.is_advisor, one.open, one.human))
    return [one.human for one in ordered]

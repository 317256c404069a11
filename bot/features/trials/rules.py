"""Settings, states and the draw of trials. Arithmetic only."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from pydantic import BaseModel, ConfigDict, Field

ANSWER_CHARS = 500


class TrialSettings(BaseModel):
    """The section `[trials]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    draw_after_s: int = Field(default=120, ge=0, le=3600)
    """So long after its end a draw is made: what was sent in time may arrive late."""
    tell_after_s: int = Field(default=120, ge=0, le=24 * 3600)
    """So long after an operator's choice she is told: until then it is taken back in silence."""
    remind_after_days: int = Field(default=3, ge=1, le=60)
    """So long after feedback was asked for she is reminded, once."""


class State(StrEnum):
    """Where an application stands."""

    READING = "reading"
    """She was shown what to agree to, and has not agreed."""
    PENDING = "pending"
    """It waits for the draw, or for an operator."""
    ACCEPTED = "accepted"
    WAITING = "waiting"
    """On the waiting list."""
    DECLINED = "declined"
    CANCELLED = "cancelled"


ALIVE = frozenset({State.PENDING, State.ACCEPTED, State.WAITING})
_BEST_FIRST = [State.ACCEPTED, State.WAITING, State.PENDING, State.DECLINED]
_BEST_FIRST += [State.READING, State.CANCELLED]


def rank_of(state: str) -> int:
    """Return how good a state is for her, 0 for the best."""
    return _BEST_FIRST.index(State(state)) if state in {*State} else len(_BEST_FIRST)


def is_open(opens_at: datetime, closes_at: datetime | None, at: datetime) -> bool:
    """Return True when what was sent at `at` is in time; the closing instant is too late."""
    return opens_at <= at and (closes_at is None or at < closes_at)


def lot(seed: str, number: int) -> str:
    """Return the lot of an application: SHA-256 of the seed, a colon and its number."""
    return sha256(f"{seed}:{number}".encode()).hexdigest()


def drawn(seed: str, numbers: Iterable[int]) -> list[int]:
    """Return applications in the order in which they are drawn: the smallest lot first."""
    return sorted(numbers, key=lambda number: lot(seed, number))

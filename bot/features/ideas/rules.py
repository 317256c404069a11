"""Settings and states of ideas. Arithmetic only."""

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

FEWEST_CHARS, MOST_CHARS = 4, 500
REPLY_CHARS = 500
REWARD_CHARS = 60


class IdeaSettings(BaseModel):
    """The section `[ideas]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reply_within_days: int = Field(default=7, ge=1, le=60)
    """Each step is answered within so many days; what takes longer is told to operators."""
    supporters_needed: int = Field(default=10, ge=1, le=100_000)
    """With so many supporters, without its author, an idea is reviewed by itself."""
    most_a_day: int = Field(default=5, ge=1, le=100)
    """Ideas that one member may bring in 24 hours."""
    look_first: bool = False
    """An operator looks at every idea before others see it, not only at those that are flagged."""
    reward_points_most: int = Field(default=10_000, ge=1, le=1_000_000)
    """The most points that one idea is rewarded with."""

    def due(self, now: datetime) -> datetime:
        """Return until when the next answer is promised."""
        return now + timedelta(days=self.reply_within_days)


class State(StrEnum):
    """Where an idea stands."""

    NEW = "new"
    REVIEW = "review"
    ADOPTED = "adopted"
    DECLINED = "declined"
    MERGED = "merged"
    """It is the same as another one, which has its supporters now."""
    WITHDRAWN = "withdrawn"
    """Its author took it back; its words are gone."""


OPEN = frozenset({State.NEW, State.REVIEW})
STEPS: dict[State, frozenset[State]] = {
    State.REVIEW: frozenset({State.NEW, State.ADOPTED, State.DECLINED}),
    State.ADOPTED: OPEN,
    State.DECLINED: OPEN,
}
"""Where an operator may bring an idea, and from where; back into review is the way to undo."""


class RewardKind(StrEnum):
    """What a good idea is rewarded with."""

    POINTS = "points"
    COUPON = "coupon"
    WORDS = "words"
    """A promise that people keep: 命名权, 终身使用."""


class RewardState(StrEnum):
    """Where a reward stands."""

    ASKED = "asked"
    """One operator wants it; a second one has to agree."""
    GIVEN = "given"
    REFUSED = "refused"

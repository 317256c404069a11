"""The front matter of a file in `content/challenges/`."""

from typing import Literal, Self

from pydantic import Field, StrictBool, StrictInt, model_validator
from typing_extensions import override

from bot.commons.content import PostMatter
from bot.commons.content.matter import Day, WordOrWords, Words
from bot.features.challenges.rules import Prize, Terms, WinnerPrize
from bot.kernel.checking import wrong

_MOST_DAYS = 366


class ChallengeMatter(PostMatter):
    """The keys of a challenge."""

    starts_on: Day
    ends_on: Day
    days_needed: StrictInt = Field(ge=1, le=_MOST_DAYS)
    photo: StrictBool = False
    made_up: StrictBool = False
    audience: WordOrWords = ()
    joining: Literal["ask", "auto"] = "ask"
    reward: Prize = Prize()
    winner: WinnerPrize | None = None

    @model_validator(mode="after")
    def _can_be_done(self) -> Self:
        days = (self.ends_on - self.starts_on).days + 1
        if days < 1:
            message = f"ends_on {self.ends_on} is before {self.starts_on}"
            raise wrong("bad-date", message, key="ends_on")
        if days > _MOST_DAYS:
            raise wrong("bad-date", f"it lasts {days} days, at most 366", key="ends_on")
        if self.days_needed > days:
            message = f"days_needed is {self.days_needed} of {days} days"
            raise wrong("bad-value", message, key="days_needed")
        return self

    @override
    def audiences(self) -> list[tuple[str, Words]]:
        return [("audience", self.audience)]

    @property
    def terms(self) -> Terms:
        """What stands still once somebody takes part."""
        return Terms(
            days_needed=self.days_needed,
            photo=self.photo,
            made_up=self.made_up,
            audience=self.audience,
            joining=self.joining,
            reward=self.reward,
            winner=self.winner,
        )

"""The front matter of a file in `content/goods/`."""

from typing import Annotated, Self

from pydantic import Field, StrictBool, StrictInt, model_validator
from typing_extensions import override

from bot.commons.content import PostMatter
from bot.commons.content.matter import Instant, Named, WordOrWords, Words
from bot.kernel.checking import wrong

LEAST_EARLY_H = 24
"""Whoever comes first is told so many hours before the others."""
_YEAR_H = 8760


class GoodsMatter(PostMatter):
    """The keys of goods: what they cost, how many there are, who gets them, what is got."""

    title: Annotated[str, Field(min_length=1, max_length=40)]
    points: StrictInt = Field(default=0, ge=0, le=1_000_000)
    """What one costs; 0 for nothing."""
    stock: StrictInt = Field(ge=1, le=1_000_000)
    per_member: StrictInt = Field(default=1, ge=1, le=100)
    opens_at: Instant | None = None
    closes_at: Instant | None = None
    audience: WordOrWords = ()
    """Whom it is for; everybody without it."""
    early: WordOrWords = ()
    """Who is let in, and told, `early_hours` before the others."""
    early_hours: StrictInt = Field(default=LEAST_EARLY_H, ge=LEAST_EARLY_H, le=720)
    invite: StrictBool = False
    """Write to those whom it is for when it opens."""
    flash: StrictBool = False
    """秒杀: who is first has it, without a question."""
    coupon: Named | None = None
    """The kind of coupon that is got; without it something that is handed over in the shop."""
    reserve_hours: StrictInt = Field(default=0, ge=0, le=_YEAR_H)
    """It is kept so long for who claims it, and is paid when it is handed over; 0: paid at once."""

    @model_validator(mode="after")
    def _can_be_got(self) -> Self:
        if self.coupon and self.reserve_hours:
            message = "a coupon is given at once, it is not kept in the shop"
            raise wrong("bad-value", message, "take reserve_hours away", key="reserve_hours")
        opens, closes = self.opens_at, self.closes_at
        comparable = opens and closes and bool(opens.tzinfo) == bool(closes.tzinfo)
        if opens and closes and comparable and closes <= opens:
            raise wrong("bad-date", f"closes_at {closes} is not after {opens}", key="closes_at")
        return self

    @override
    def audiences(self) -> list[tuple[str, Words]]:
        return [("audience", self.audience), ("early", self.early)]

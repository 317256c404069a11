"""What operators write for this room: calls for entries (征集)."""

from typing import Self

from pydantic import Field, StrictInt, model_validator
from typing_extensions import override

from bot.commons.content import PostMatter
from bot.commons.content.matter import Instant, Named
from bot.kernel.checking import Trail, wrong


class CallMatter(PostMatter):
    """The keys of a file in `content/calls/`."""

    opens_at: Instant | None = None
    closes_at: Instant
    winners: Named
    """How the winners are found, in words for members."""
    most_each: StrictInt = Field(default=3, ge=1, le=20)
    """How many entries one member may send."""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        first, last = self.opens_at, self.closes_at
        if first and bool(first.tzinfo) == bool(last.tzinfo) and last <= first:
            message = f"closes_at {last} is not after {first}"
            raise wrong("bad-date", message, key="closes_at")
        return self

    @override
    def all_words(self) -> list[tuple[Trail, str]]:
        return [*super().all_words(), (("winners",), self.winners)]

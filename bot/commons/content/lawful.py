"""Words and names in files whose every line is rewarded: none of them may ask for sharing."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictInt, model_validator

from bot.commons.content.sharing import rewards_sharing
from bot.kernel.checking import wrong


def _lawful(text: str) -> str:
    """Refuse words that ask for sharing: whatever stands in these files is rewarded."""
    if found := rewards_sharing(f"{text}，送积分"):
        hint = "reward showing up here, writing to us, or a paid order"
        raise wrong("share-for-reward", f'"{found.words}" would reward sharing', hint)
    return text


Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=40)]
"""Stable: what was given is known by it."""
Said = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_lawful)]
Told = Annotated[str, Field(max_length=200), AfterValidator(_lawful)]
Count = Annotated[StrictInt, Field(ge=1, le=1_000_000)]


class Row(BaseModel):
    """A row of a table of TOML: no unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DatedRow(Row):
    """A row that counts on some days only."""

    valid_from: date | None = None
    valid_until: date | None = None
    """The last day."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            message = f"valid_until {self.valid_until} is before {self.valid_from}"
            raise wrong("bad-date", message, key="valid_until")
        return self

    def is_valid_on(self, day: date) -> bool:
        """Return True from the first day to the end of the last."""
        return (self.valid_from or day) <= day <= (self.valid_until or day)


def all_differ(table: str, names: Sequence[str]) -> None:
    """Refuse a file in which two rows of a table have one name, at the second of them."""
    if (place := second_of(names)) is not None:
        message = f'two [[{table}]] are called "{names[place]}"'
        raise wrong("duplicate-name", message, at=(table, place))


def second_of(names: Sequence[str]) -> int | None:
    """Return where the first name stands that has come before; None when all differ."""
    return next((place for place, name in enumerate(names) if name in names[:place]), None)

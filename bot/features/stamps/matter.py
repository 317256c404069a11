"""What `content/stamps.toml` takes: cards on which paid cups are stamped (集杯卡)."""

from collections.abc import Collection, Sequence
from typing import Annotated, Self

from pydantic import BaseModel, Field, StrictInt, model_validator

from bot.commons.content.lawful import Code, DatedRow, Row, Said, Told, all_differ
from bot.commons.coupons import lost_kinds
from bot.kernel.checking import Trail, wrong


class CupCard(DatedRow):
    """`[[card]]`: every so many paid cups bring a coupon."""

    name: Code
    title: Said
    words: Told = ""
    cups: Annotated[StrictInt, Field(ge=2, le=100)]
    coupon: Annotated[str, Field(min_length=1)]
    """A kind of `content/coupons.toml`."""
    categories: tuple[str, ...] = ()
    """Items of these categories are cups …"""
    skus: tuple[str, ...] = ()
    """… and those of these numbers."""
    only: tuple[str, ...] = ()
    """Audience words; nobody named means everybody."""
    most_per_order: Annotated[StrictInt, Field(ge=1, le=100)] = 20
    """Of one order at most so many cups count."""

    @model_validator(mode="after")
    def _knows_cups(self) -> Self:
        if not self.categories and not self.skus:
            raise wrong("missing-key", "what is a cup? add categories or skus", key="name")
        return self


class Cards(Row):
    """The file `content/stamps.toml`."""

    card: tuple[CupCard, ...] = ()

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        all_differ("card", [one.name for one in self.card])
        return self

    def of(self, name: str) -> CupCard | None:
        """Return the card of that name."""
        return next((one for one in self.card if one.name == name), None)

    def audiences(self) -> Sequence[tuple[Trail, Sequence[str]]]:
        """Return whom each card is for."""
        return [(("card", n, "only"), card.only) for n, card in enumerate(self.card)]

    def missing(self, tables: Collection[BaseModel]) -> Sequence[tuple[Trail, str]]:
        """Return the kinds of coupon that no file has."""
        named = [(("card", n, "coupon"), one.coupon) for n, one in enumerate(self.card)]
        return lost_kinds(named, tables)

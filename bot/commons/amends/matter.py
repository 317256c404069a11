"""What `content/amends.toml` takes: what may be given to make up for something, and how much."""

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, Field, StrictInt, model_validator

from bot.commons.audience import KnownAudience, Wrong, wrong_with
from bot.commons.content.lawful import Code, Row, Said, all_differ, second_of
from bot.commons.coupons import Kinds, lost_kinds
from bot.kernel.checking import Trail, wrong

FILE = "amends.toml"
_Fen = Annotated[StrictInt, Field(ge=0, le=100_000_000)]
_Worth = Annotated[StrictInt, Field(ge=1, le=100_000_000)]


class What(StrEnum):
    """What is given."""

    COUPON = "coupon"
    POINTS = "points"
    REFUND = "refund"
    """Money back, and she keeps the goods; the cashier does it."""
    GIFT = "gift"
    """Something that somebody hands over or sends."""


class KindRow(Row):
    """`[[kind]]`: something that may be given."""

    name: Code
    title: Said
    what: What
    coupon: str = ""
    """A kind of `content/coupons.toml`."""
    worth_fen: _Worth | None = None
    """What it costs the house; that of a coupon is its face unless said."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.what is What.COUPON) != bool(self.coupon):
            raise wrong("missing-key", 'coupon goes with what = "coupon"', key="name")
        if self.what is What.GIFT and self.worth_fen is None:
            raise wrong("missing-key", "a gift needs worth_fen: what it costs", key="name")
        if self.what in {What.POINTS, What.REFUND} and self.worth_fen is not None:
            message = f"how much of {self.what} is said with each one: leave worth_fen out"
            raise wrong("bad-value", message, key="worth_fen")
        return self


class LimitRow(Row):
    """`[[limit]]`: how much one case may get altogether."""

    tiers: tuple[str, ...] = ()
    """Whose limit it is; without it that of everybody else."""
    alone_fen: _Fen
    """So much an advisor gives by herself; more waits for a supervisor."""
    most_fen: _Fen
    """More than that nobody gives."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.alone_fen > self.most_fen:
            message = f"alone_fen {self.alone_fen} is more than most_fen {self.most_fen}"
            raise wrong("bad-value", message, key="alone_fen")
        return self


class Offers(Row):
    """The file `content/amends.toml`. Without it nothing is given."""

    expires_hours: Annotated[StrictInt, Field(ge=1, le=1000)] = 48
    """Business hours for which a wish waits for a supervisor."""
    advisor_month_fen: _Fen = 100_000
    """So much an advisor gives by herself in a month."""
    points_per_yuan: Annotated[StrictInt, Field(ge=1, le=100_000)] = 100
    kind: tuple[KindRow, ...] = ()
    limit: tuple[LimitRow, ...] = ()

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        all_differ("kind", [one.name for one in self.kind])
        named = [(tier, n) for n, one in enumerate(self.limit) for tier in one.tiers or ("",)]
        tiers = [tier for tier, _ in named]
        if (place := second_of(tiers)) is not None:
            tier, number = named[place]
            whose = f'of "{tier}"' if tier else "without tiers"
            raise wrong("duplicate-name", f"two [[limit]] {whose}", at=("limit", number))
        if self.kind and "" not in tiers:
            hint = "add [[limit]] with alone_fen and most_fen, and no tiers"
            raise wrong("missing-key", "no limit for all other tiers", hint, at=("kind", 0))
        return self

    def missing(self, tables: Collection[BaseModel]) -> Sequence[tuple[Trail, str]]:
        """Return the kinds of coupon that no file has, and those whose worth nobody can know."""
        found = [
            *lost_kinds([(("kind", n, "coupon"), each.coupon) for n, each in self._all], tables)
        ]
        coupons = [table for table in tables if isinstance(table, Kinds)]
        for number, each in self._all:
            terms = next((of for of in (table.of(each.coupon) for table in coupons) if of), None)
            if terms is not None and not terms.face_fen and each.worth_fen is None:
                message = f'"{each.coupon}" takes off per cent: say what it costs as worth_fen'
                found.append((("kind", number, "coupon"), message))
        return found

    def wrong_names(self, known: KnownAudience) -> Sequence[tuple[Trail, Wrong]]:
        """Return the tiers that the configuration has not."""
        return [
            (("limit", number, "tiers"), strange)
            for number, each in enumerate(self.limit)
            for tier in each.tiers
            if (strange := wrong_with(f"tier:{tier}", known)) is not None
        ]

    @property
    def _all(self) -> Sequence[tuple[int, KindRow]]:
        return [*enumerate(self.kind)]

    def of(self, name: str) -> KindRow | None:
        """Return the kind of that name."""
        return next((one for one in self.kind if one.name == name), None)

    def limit_of(self, tier: str) -> LimitRow:
        """Return the limit of a tier; nothing may be given where there is none."""
        others = next((one for one in self.limit if not one.tiers), None)
        found = next((one for one in self.limit if tier and tier in one.tiers), others)
        return found or LimitRow(alone_fen=0, most_fen=0)

"""What `content/badges.toml` takes."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, Field, StrictBool, StrictInt, model_validator

from bot.commons.content.lawful import Code, Count, Row, Said, Told, all_differ
from bot.commons.coupons import lost_kinds
from bot.commons.deeds import KINDS, Kind
from bot.kernel.checking import Trail, wrong

BADGE = "badge:"
"""Before the code of a badge that another one asks for."""


class Badge(Row):
    """`[[badge]]`: a badge (勋章), and what it takes: `times`, `days`, `streak_days`, `of`.

    Or a challenge that promises it.
    """

    code: Code
    title: Said
    words: Told = ""
    emoji: Annotated[str, Field(max_length=8)] = "🏅"
    on: Kind | None = None
    times: Count | None = None
    days: Count | None = None
    """Different days."""
    streak_days: Annotated[StrictInt, Field(ge=2, le=366)] | None = None
    of: tuple[str, ...] = ()
    """Things to collect: deeds, or `badge:CODE` …"""
    at_least: Count | None = None
    """… so many of them; all when nothing is said."""
    promised: StrictBool = False
    """Only those have it whose challenge promises it."""
    since: date | None = None
    """What was done before does not count."""
    coupon: str = ""

    @model_validator(mode="after")
    def _takes_one_thing(self) -> Self:
        counts = [self.times, self.days, self.streak_days]
        given = sum(each is not None for each in counts)
        if given + bool(self.of) + self.promised != 1:
            message = "give one of times, days, streak_days, of, promised"
            raise wrong("missing-key", message, key="code")
        if bool(given) != (self.on is not None):
            raise wrong("missing-key", "times, days and streak_days go with on", key="code")
        if self.at_least is not None and self.at_least > len(self.of):
            message = f"at_least is {self.at_least} of {len(self.of)}"
            raise wrong("bad-value", message, key="at_least")
        return self

    @property
    def needed(self) -> int:
        """How much it takes."""
        return self.times or self.days or self.streak_days or self.at_least or len(self.of) or 1

    def looks_at(self, kind: str) -> bool:
        """Return True when a deed of this kind may earn it."""
        return kind in {self.on, *self.of}


class Badges(Row):
    """The file `content/badges.toml`."""

    badge: tuple[Badge, ...] = ()

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        all_differ("badge", [one.code for one in self.badge])
        return self

    def missing(self, tables: Collection[BaseModel]) -> Sequence[tuple[Trail, str]]:
        """Return the kinds of coupon that no file has, and what no badge can be made of."""
        before, lost = set(KINDS), list[tuple[Trail, str]]()
        for n, badge in enumerate(self.badge):  # in order, so that none waits for itself
            for name in badge.of:
                if name not in before:
                    message = f'"{name}" is no deed, and no badge above this one'
                    lost.append((("badge", n, "of"), message))
            before.add(BADGE + badge.code)
        named = [(("badge", n, "coupon"), one.coupon) for n, one in enumerate(self.badge)]
        return [*lost, *lost_kinds(named, tables)]

    def of(self, code: str) -> Badge | None:
        """Return the badge of that code."""
        return next((one for one in self.badge if one.code == code), None)

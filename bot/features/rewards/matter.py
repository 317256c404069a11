"""What `content/rewards.toml` takes: earning rules and double days."""

from collections.abc import Collection, Sequence
from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, Field, StrictInt, model_validator

from bot.commons.content.lawful import Code, Count, DatedRow, Row, Said, all_differ
from bot.commons.coupons import lost_kinds
from bot.commons.deeds import Kind
from bot.kernel.checking import Trail, wrong

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[str, ...] = get_args(Weekday)


class Segment(Row):
    """Who comes often and spends little (S22)."""

    on: Kind = "checkin"
    days: Annotated[StrictInt, Field(ge=1, le=366)]
    """So many different days with `on`, the day itself counted …"""
    within_days: Annotated[StrictInt, Field(ge=1, le=366)] = 30
    aov_below_yuan: Count
    """… and orders in the same days that are worth less than this on average; without an order
    there is no average, and nobody is meant."""

    @model_validator(mode="after")
    def _can_be(self) -> Self:
        if self.days > self.within_days:
            message = f"{self.days} days within {self.within_days}"
            raise wrong("bad-value", message, key="days")
        return self


class Rule(DatedRow):
    """`[[rule]]`: what a deed earns."""

    name: Code
    title: Said
    on: Kind
    points: Annotated[StrictInt, Field(ge=0, le=100_000)] = 0
    each_yuan: Count | None = None
    """The points are for each whole amount of so many yuan."""
    coupon: str = ""
    """A kind of `content/coupons.toml`."""
    streak_days: Annotated[StrictInt, Field(ge=2, le=366)] | None = None
    """It is earned once in a run of so many days in a row."""
    again: bool = False
    """Also in later runs, after a gap."""
    only: Annotated[tuple[str, ...], Field()] = ()
    """Audience words; nobody named means everybody."""
    most_points_a_day: Count | None = None
    most_points_a_week: Count | None = None
    """From Monday on."""
    most_times: Count | None = None
    """Ever."""
    cooldown_minutes: Annotated[StrictInt, Field(ge=0, le=525_600)] = 0
    doubles: Literal["once", "multiply", "never"] = "once"
    """Of several double days at once only the largest counts, or all of them multiplied."""
    segment: Segment | None = None

    @model_validator(mode="after")
    def _gives_something(self) -> Self:
        if not self.points and not self.coupon:
            raise wrong("missing-key", "gives nothing: add points or coupon", key="name")
        if self.each_yuan and self.on != "order_paid":
            raise wrong("bad-value", "only orders have an amount", key="each_yuan")
        if self.each_yuan and not self.points:
            raise wrong("missing-key", "each_yuan needs points", key="each_yuan")
        if self.again and self.streak_days is None:
            raise wrong("bad-value", "again is for streak_days", key="again")
        return self


class Double(DatedRow):
    """`[[double]]`: days on which points count more, to their last microsecond by local clocks."""

    name: Code
    title: Said
    weekdays: tuple[Weekday, ...] = ()
    month_days: tuple[Annotated[StrictInt, Field(ge=1, le=31)], ...] = ()
    birthday: bool = False
    """Only for her whose birthday it is."""
    factor: Annotated[StrictInt, Field(ge=2, le=5)] = 2
    rules: tuple[Code, ...] = ()
    """Only for these; none named means all."""

    @model_validator(mode="after")
    def _is_some_day(self) -> Self:
        has_days = self.weekdays or self.month_days or self.birthday
        if not has_days and not (self.valid_from and self.valid_until):
            message = "on which days? add weekdays, month_days, birthday, or both valid dates"
            raise wrong("missing-key", message, key="name")
        return self


class Rewards(Row):
    """The file `content/rewards.toml`."""

    rule: tuple[Rule, ...] = ()
    double: tuple[Double, ...] = ()

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        for table in ("rule", "double"):
            all_differ(table, [one.name for one in getattr(self, table)])
        return self

    def audiences(self) -> Sequence[tuple[Trail, Sequence[str]]]:
        """Return whom each rule is for."""
        return [(("rule", n, "only"), rule.only) for n, rule in enumerate(self.rule)]

    def missing(self, tables: Collection[BaseModel]) -> Sequence[tuple[Trail, str]]:
        """Return the kinds of coupon that no file has, and the rules that this one has not."""
        known = {one.name for one in self.rule}
        lost = [
            (("double", n, "rules"), f'there is no rule "{rule}"')
            for n, double in enumerate(self.double)
            for rule in double.rules
            if rule not in known
        ]
        named = [(("rule", n, "coupon"), one.coupon) for n, one in enumerate(self.rule)]
        return [*lost, *lost_kinds(named, tables)]

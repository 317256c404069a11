"""What kinds of coupon say, and what one takes off a price: arithmetic only."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.kernel.checking import Trail

_ALL = 100
FILE = "coupons.toml"
"""Where kinds are written."""


class Kind(BaseModel):
    """A kind of coupon (券种), as a file or a form says it. Money is in fen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=60)
    """By which rules and rooms call it; stable."""
    title: str = Field(min_length=1, max_length=40)
    face_fen: int = Field(default=0, ge=0, le=10_000_000)
    """What it takes off; 0 where `percent_off` is given."""
    percent_off: int = Field(default=0, ge=0, le=_ALL)
    """Of what is spent: 20 for 八折."""
    minimum_fen: int = Field(default=0, ge=0, le=100_000_000)
    """What has to be spent (满 … 可用); 0 for anything."""
    valid_days: int = Field(default=30, ge=1, le=3660)
    """To the end of the day so many days after it was issued."""
    valid_until: date | None = None
    """The last day; beats `valid_days`."""
    stackable: bool = False
    """Beside others on one order."""
    transferable: bool = False
    """Whoever brings it may use it; else only its owner."""
    stores: str = Field(default="", max_length=100)
    """Where it is taken, in words; empty for everywhere."""

    @model_validator(mode="after")
    def _has_one_value(self) -> Self:
        if (self.face_fen > 0) == (self.percent_off > 0):
            raise ValueError("give either face_fen or percent_off")
        return self

    def ends(self, now: datetime, zone: ZoneInfo) -> datetime:
        """Return when a coupon that is issued now ends: after its last day, by local clocks."""
        last = self.valid_until or now.astimezone(zone).date() + timedelta(days=self.valid_days)
        return datetime.combine(last + timedelta(days=1), time(), zone)


class Kinds(BaseModel):
    """The file `content/coupons.toml`: kinds that rules and operators issue by name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    coupon: tuple[Kind, ...] = ()

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [one.name for one in self.coupon]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"two kinds have one name: {', '.join(sorted(twice))}")
        return self

    def of(self, name: str) -> Kind | None:
        """Return the kind of that name."""
        return next((one for one in self.coupon if one.name == name), None)


def lost_kinds(
    named: Sequence[tuple[Trail, str]], tables: Collection[BaseModel]
) -> Sequence[tuple[Trail, str]]:
    """Return where a file names a kind that no table of `coupons.toml` has, and words for it."""
    known = {kind.name for table in tables if isinstance(table, Kinds) for kind in table.coupon}
    message = 'there is no coupon "{}" in coupons.toml'
    return [(trail, message.format(name)) for trail, name in named if name and name not in known]


class CouponSettings(BaseModel):
    """The section `[coupons]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    remind_days: int = Field(default=3, ge=0, le=60)
    """Members are told so many days before a coupon ends; 0 for not at all."""
    undo_minutes: int = Field(default=30, ge=0, le=1440)
    """For so long a redemption can be undone."""


def off(face_fen: int, percent_off: int, spend_fen: int) -> int:
    """Return what a coupon takes off a price: never more than that, fractions for the house."""
    return min(face_fen, spend_fen) if face_fen else spend_fen * percent_off // _ALL

"""What a member sets store by, out of what she bought and said: arithmetic, and the settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from bot.kernel.clock import instant_of

CAME_BACK = timedelta(days=30)
"""Who orders so soon after she was recalled has come back."""
CALLED_WITHIN = timedelta(days=2)
MOST_OF_A_LINE = 10
"""Of one line of an order so many count: a hundred pairs of socks say no more than ten."""
COMPLAINED_WITHIN = timedelta(days=30)
"""An order that went back is one of quality when she found fault so soon after she had paid."""
REASON = "recall"
NOT_HERS = frozenset({REASON, "amends"})
"""Coupons for these reasons were our wish: using one does not make her look for reductions."""
_ALL = 100


class Type(StrEnum):
    """What a member sets store by."""

    SERVICE = "service"
    QUALITY = "quality"
    PRICE = "price"
    UNKNOWN = "unknown"


class RecallSettings(BaseModel):
    """The section `[recall]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    after_days: int = Field(default=60, ge=31, le=365)
    """Who has not ordered for so many days has lapsed."""
    most_a_day: int = Field(default=50, ge=1, le=1000)
    """So many members are recalled in a day at most."""
    facts_days: int = Field(default=365, ge=90, le=1095)
    """What lies further back says nothing about her any more."""
    least_orders: int = Field(default=2, ge=1, le=20)
    """Of fewer orders, or fewer items, what she bought says nothing."""
    least_items: int = Field(default=3, ge=1, le=100)
    share_percent: int = Field(default=50, ge=10, le=100)
    """So much of what she bought has to be reduced, or of the better things at full price."""
    least_signals: int = Field(default=2, ge=1, le=20)
    """So often she has to have found fault with the goods, or with how she was served."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an order."""

    quantity: int
    price_fen: int
    """Of one piece, as she bought it; 0 where nobody told."""
    list_fen: int
    """Of one piece, by the product file; 0 for what is not in it."""


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order of hers."""

    paid_at: datetime
    lines: Sequence[Line]
    has_coupon: bool = False
    counts: bool = True
    """False for one that went back wholly, or was cancelled."""
    went_back: bool = False
    """Wholly or in part."""


@dataclass(frozen=True, slots=True)
class Said:
    """What she has said about us: about goods, or about how she was served."""

    at: datetime
    is_about_goods: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a member, of the last months."""

    purchases: Sequence[Purchase] = ()
    said: Sequence[Said] = ()
    humans: int = 0
    """So often she had to ask for a human."""
    complaints: Sequence[datetime] = ()
    """When she wrote what opened them."""
    low_scores: int = 0
    """Ratings of 1 and 2."""
    median_fen: int = 0
    """What the product in the middle of the file costs; 0 without one."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What the facts come to, as an operator reads it."""

    orders: int = 0
    items: int = 0
    """Of which it is known whether they were reduced."""
    reduced: int = 0
    coupon_orders: int = 0
    fine: int = 0
    """Above the median, at full price."""
    goods_voices: int = 0
    returns: int = 0
    """Orders that went back after she had found fault with the goods."""
    humans: int = 0
    complaints: int = 0
    """Cases, without those about goods."""
    low_scores: int = 0
    service_voices: int = 0
    """Without those that opened such a case."""

    @property
    def about_goods(self) -> int:
        """How often she has found fault with the goods."""
        return self.goods_voices + self.returns

    @property
    def about_service(self) -> int:
        """How often she has found fault with how she was served."""
        return self.humans + self.complaints + self.low_scores + self.service_voices

    @property
    def reduced_percent(self) -> int:
        """The share of what was reduced; 0 of nothing."""
        return _ALL * self.reduced // self.items if self.items else 0

    @property
    def fine_percent(self) -> int:
        """The share of the better things at full price; 0 of nothing."""
        return _ALL * self.fine // self.items if self.items else 0


def figures(facts: Facts) -> Figures:
    """Return what the facts come to. The order in which they are told does not matter."""
    bought = [one for one in facts.purchases if one.counts]
    lines = [(one, line, _pieces(line)) for one in bought for line in one.lines]
    known = [(one, line, many) for one, line, many in lines if _is_known(one, line)]
    goods = {one.at for one in facts.said if one.is_about_goods}
    opened = set(facts.complaints)
    return Figures(
        orders=len(bought),
        items=sum(many for _, _, many in known),
        reduced=sum(many for one, line, many in known if _is_reduced(one, line)),
        coupon_orders=sum(one.has_coupon for one in bought),
        fine=sum(
            many
            for one, line, many in known
            if not _is_reduced(one, line) and line.price_fen > facts.median_fen > 0
        ),
        goods_voices=sum(one.is_about_goods for one in facts.said),
        returns=sum(_is_faulty(one, goods) for one in facts.purchases),
        humans=facts.humans,
        complaints=sum(at not in goods for at in facts.complaints),
        low_scores=facts.low_scores,
        service_voices=sum(not one.is_about_goods and one.at not in opened for one in facts.said),
    )


def _pieces(line: Line) -> int:
    return max(0, min(line.quantity, MOST_OF_A_LINE))


def _is_known(one: Purchase, line: Line) -> bool:
    """Return whether it can be said of a line if it was reduced; what cost nothing was given."""
    return one.has_coupon or (line.price_fen > 0 and line.list_fen > 0)


def _is_reduced(one: Purchase, line: Line) -> bool:
    return one.has_coupon or line.price_fen < line.list_fen


def _is_faulty(one: Purchase, goods: set[datetime]) -> bool:
    until = one.paid_at + COMPLAINED_WITHIN
    return one.went_back and any(one.paid_at <= at <= until for at in goods)


def type_of(found: Figures, settings: RecallSettings) -> Type:
    """Return what she sets store by.

    What she told us comes before what she bought, and how she was served before the goods: whom
    we have let down is owed a human, not an offer. Half reduced and half dear says nothing.
    """
    if found.about_service >= settings.least_signals:
        return Type.SERVICE
    if found.about_goods >= settings.least_signals:
        return Type.QUALITY
    if found.orders < settings.least_orders or found.items < settings.least_items:
        return Type.UNKNOWN
    least = settings.share_percent * found.items
    most = max(found.reduced, found.fine)
    if _ALL * most < least or found.reduced == found.fine:
        return Type.UNKNOWN
    return Type.PRICE if found.reduced > found.fine else Type.QUALITY


def lapsed_before(today: date, after_days: int, zone: ZoneInfo) -> datetime:
    """Return the instant before which the last order of a lapsed member lies.

    Whole days by the clocks of the community: bought on day 0, she has lapsed on day `after_days`.
    """
    first = datetime(today.year, today.month, today.day)  # noqa: DTZ001 - a wall clock
    return instant_of(first - timedelta(days=after_days - 1), zone)


def last_day(ends: datetime, zone: ZoneInfo) -> date:
    """Return the last day on which something that ends then can be used."""
    return (ends - timedelta(microseconds=1)).astimezone(zone).date()

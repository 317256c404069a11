"""Terms of referrals (邀请): a friend's first paid order brings something, sharing nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, StrictInt, model_validator

from bot.kernel.checking import wrong
from bot.kernel.ids import MemberId


class ReferralSettings(BaseModel):
    """The section `[referral]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    return_days: int = Field(default=7, ge=0, le=365)
    """How long after it was paid an order may be given back."""
    after_return: bool = False
    """True: coupons come when the order can't be given back any more. False: at once, and a
    refund in that time takes them back."""
    new_within_days: int = Field(default=30, ge=0, le=3660)
    """Who has been with us for longer is nobody's new friend; 0: only orders are looked at."""


class TierTerms(BaseModel):
    """`[[tier]]`: what so many friends who ordered bring besides."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    count: StrictInt = Field(ge=1, le=1000)
    coupon: str = Field(min_length=1)
    """A kind of `coupons.toml`."""


class ReferralTerms(BaseModel):
    """The file `content/referral.toml`; without it nobody is invited."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    friend_coupon: str = ""
    """What the friend gets, a kind of `coupons.toml`; empty for nothing."""
    referrer_coupon: str = ""
    minimum_yuan: StrictInt = Field(default=0, ge=0, le=1_000_000)
    """A smaller order does not count."""
    words: str = Field(default="", max_length=200)
    """Said besides, on the page and in the chat."""
    tier: tuple[TierTerms, ...] = ()

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if not self.friend_coupon and not self.referrer_coupon and not self.tier:
            hint = 'friend_coupon = "…", a name of coupons.toml'
            raise wrong("bad-value", "a referral brings nothing to anybody", hint)
        counts = [one.count for one in self.tier]
        if counts != sorted(set(counts)):
            raise wrong("bad-value", "tiers have growing counts, each once", key="tier")
        return self

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of coupon that are named."""
        named = (self.friend_coupon, self.referrer_coupon, *(one.coupon for one in self.tier))
        return tuple(dict.fromkeys(name for name in named if name))


class State(StrEnum):
    """Where a referral stands."""

    WAITING = "waiting"
    """The friend has not ordered yet."""
    EARNED = "earned"
    """She has; coupons come when it is time."""
    GRANTED = "granted"
    VOID = "void"
    """Coupons are being taken back, because it should never have been."""
    REVOKED = "revoked"
    """Her order was given back after a coupon had been used."""
    REFUSED = "refused"


class Why(StrEnum):
    """Why a code is not taken; the words of `referral/refused.txt.j2`."""

    OFF = "off"
    UNKNOWN = "unknown"
    SELF = "self"
    LOOP = "loop"
    CUSTOMER = "customer"
    SAME_PERSON = "same_person"
    SECOND = "second"
    MERGED = "merged"
    """Two of her names had one each."""
    OPERATOR = "operator"


KEPT = frozenset({Why.SELF, Why.LOOP, Why.CUSTOMER, Why.SAME_PERSON, Why.SECOND})
"""What operators see of codes that were not taken; a typo is nobody's business."""


def leads_back(
    friend: MemberId, referrer: MemberId, referrer_of: Callable[[MemberId], MemberId | None]
) -> bool:
    """Return True when the friend has, by however many steps, brought the referrer herself."""
    seen: set[MemberId] = set()
    above: MemberId | None = referrer
    while above is not None and above not in seen:
        if above == friend:
            return True
        seen.add(above)
        above = referrer_of(above)
    return False


def due_at(paid_at: datetime, now: datetime, settings: ReferralSettings) -> datetime:
    """Return when the coupons of an order come."""
    return paid_at + timedelta(days=settings.return_days) if settings.after_return else now


def may_return(paid_at: datetime, now: datetime, settings: ReferralSettings) -> bool:
    """Return True while a refund takes coupons back."""
    return now <= paid_at + timedelta(days=settings.return_days)

"""Coupons (优惠券): issued by a rule or a person, redeemed once.

The words of every refusal stand in `wallet/coupon_refused.txt.j2`.
"""

from bot.commons.coupons.codes import draw, heard, spoken
from bot.commons.coupons.models import CouponRow
from bot.commons.coupons.personal import personal
from bot.commons.coupons.reads import (
    Count,
    Coupon,
    CouponRefused,
    State,
    Why,
    by_key,
    counts,
    find,
    of_member,
    recent,
)
from bot.commons.coupons.rules import CouponSettings, Kind, Kinds, off
from bot.commons.coupons.service import issue, redeem, remind, revoke, transfer, unredeem

__all__ = [
    "Count",
    "Coupon",
    "CouponRefused",
    "CouponRow",
    "CouponSettings",
    "Kind",
    "Kinds",
    "State",
    "Why",
    "by_key",
    "counts",
    "draw",
    "find",
    "heard",
    "issue",
    "of_member",
    "off",
    "personal",
    "recent",
    "redeem",
    "remind",
    "revoke",
    "spoken",
    "transfer",
    "unredeem",
]

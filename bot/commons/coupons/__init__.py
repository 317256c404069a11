"""Coupons (优惠券): issued by a rule or a person, redeemed once.

The words of every refusal stand in `wallet/coupon_refused.txt.j2`.
"""

from bot.commons.coupons.codes import draw, heard, spoken
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
    unused_for,
)
from bot.commons.coupons.rules import FILE, CouponSettings, Kind, Kinds, lost_kinds, off
from bot.commons.coupons.service import issue, redeem, remind, revoke, transfer, unredeem, usable

__all__ = [
    "FILE",
    "Count",
    "Coupon",
    "CouponRefused",
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
    "lost_kinds",
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
    "unused_for",
    "usable",
]

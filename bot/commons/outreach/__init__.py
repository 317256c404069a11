"""Outreach (主动联系): writing to a member who has not just written, by the way that is open.

She decides what she wants to hear: 安静 stops all but what she must know, 退订 stops what is only
on offer. Whom no way leads to is listed, so that a person can call her.
"""

from bot.commons.outreach.personal import personal
from bot.commons.outreach.service import (
    Hushed,
    Letter,
    Purpose,
    Told,
    Unreached,
    Way,
    forget_old,
    hush,
    hushes_of,
    settle,
    settled,
    takes_calls,
    tell,
    unhush,
    unreached,
    wants,
    ways,
)

__all__ = [
    "Hushed",
    "Letter",
    "Purpose",
    "Told",
    "Unreached",
    "Way",
    "forget_old",
    "hush",
    "hushes_of",
    "personal",
    "settle",
    "settled",
    "takes_calls",
    "tell",
    "unhush",
    "unreached",
    "wants",
    "ways",
]

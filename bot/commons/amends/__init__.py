"""Amends (补偿): what is given to a member to make up for something, within limits.

`range_for` says what a case may get. An advisor gives by herself up to a limit; more waits for a
supervisor. The words of every refusal stand in `amends/refused.txt.j2`.
"""

from bot.commons.amends.matter import FILE, KindRow, LimitRow, Offers, What
from bot.commons.amends.personal import personal
from bot.commons.amends.reads import (
    Amend,
    Month,
    count_waiting,
    get,
    months,
    of_case,
    offers,
    range_for,
    recent,
    to_settle,
    waiting,
)
from bot.commons.amends.rules import Offer, Range, State, Takes, worth_of_points
from bot.commons.amends.service import (
    AmendRefused,
    Wish,
    approve,
    can_tell,
    deny,
    expire,
    next_expiry,
    settle,
    undo,
    wish,
    withdraw,
)

__all__ = [
    "FILE",
    "Amend",
    "AmendRefused",
    "KindRow",
    "LimitRow",
    "Month",
    "Offer",
    "Offers",
    "Range",
    "State",
    "Takes",
    "What",
    "Wish",
    "approve",
    "can_tell",
    "count_waiting",
    "deny",
    "expire",
    "get",
    "months",
    "next_expiry",
    "of_case",
    "offers",
    "personal",
    "range_for",
    "recent",
    "settle",
    "to_settle",
    "undo",
    "waiting",
    "wish",
    "withdraw",
    "worth_of_points",
]

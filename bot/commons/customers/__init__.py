"""Customers (客户): who is the friend of which colleague, and the company's tags.

Events may be lost, come twice or late; the full reading puts it right in the end.
"""

from bot.commons.customers.personal import NAMES_OF_HER, names_of, personal
from bot.commons.customers.rounds import Round, end_round, last_round, turn, under_way
from bot.commons.customers.service import (
    Friend,
    befriended,
    changed,
    colleagues,
    friends_of,
    keep,
    leave,
    next_due,
    parted,
    replace,
)
from bot.commons.customers.tags import keep_tags, tags

__all__ = [
    "NAMES_OF_HER",
    "Friend",
    "Round",
    "befriended",
    "changed",
    "colleagues",
    "end_round",
    "friends_of",
    "keep",
    "keep_tags",
    "last_round",
    "leave",
    "names_of",
    "next_due",
    "parted",
    "personal",
    "replace",
    "tags",
    "turn",
    "under_way",
]

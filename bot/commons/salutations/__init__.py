"""Salutations (称呼): how a member wants to be spoken to, by her own word and her own yes."""

from bot.commons.salutations.personal import personal
from bot.commons.salutations.rules import MOST_CHARS, Why
from bot.commons.salutations.service import (
    Salutation,
    Unfit,
    agree,
    called,
    drop,
    filled,
    of_member,
    propose,
    salutation_of,
)

__all__ = [
    "MOST_CHARS",
    "Salutation",
    "Unfit",
    "Why",
    "agree",
    "called",
    "drop",
    "filled",
    "of_member",
    "personal",
    "propose",
    "salutation_of",
]

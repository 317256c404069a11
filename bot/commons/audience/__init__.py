"""Audience (面向谁): the words that files name people by, checked and answered."""

from bot.commons.audience.personal import personal
from bot.commons.audience.service import IN_GROUP, includes, members_of, spoke
from bot.commons.audience.words import ALL_GROUPS, KnownAudience, Wrong, wrong_with

__all__ = [
    "ALL_GROUPS",
    "IN_GROUP",
    "KnownAudience",
    "Wrong",
    "includes",
    "members_of",
    "personal",
    "spoke",
    "wrong_with",
]

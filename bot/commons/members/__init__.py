"""Members (会员): one person, however many channels she uses."""

from bot.commons.members.models import Identity, Member
from bot.commons.members.personal import personal
from bot.commons.members.service import (
    IdentityOf,
    display_name,
    find,
    identities_of,
    name_identity,
    name_member,
    resolve,
    tidy_name,
)

__all__ = [
    "Identity",
    "IdentityOf",
    "Member",
    "display_name",
    "find",
    "identities_of",
    "name_identity",
    "name_member",
    "personal",
    "resolve",
    "tidy_name",
]

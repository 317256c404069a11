"""Members (会员): one person, however many channels she uses."""

from bot.commons.members.attaching import attach
from bot.commons.members.erasure import (
    ask_erasure,
    cancel_erasure,
    confirm_erasure,
    erasure_due_at,
    next_erasure,
    take_due,
)
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
    "ask_erasure",
    "attach",
    "cancel_erasure",
    "confirm_erasure",
    "display_name",
    "erasure_due_at",
    "find",
    "identities_of",
    "name_identity",
    "name_member",
    "next_erasure",
    "personal",
    "resolve",
    "take_due",
    "tidy_name",
]

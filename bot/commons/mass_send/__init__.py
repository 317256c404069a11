"""Mass sends (群发): messages to groups and customers that a person confirms before they leave.

`tell_group(uow, doors, group, parts, key=…, why=…)` is how a room writes to a group, whatever
door leads there: into the outbox, or as a draft from which the room `mass_send` makes tasks.
`tell_customers` drafts what single customers get from colleagues.
"""

from bot.commons.mass_send.matter import Matter, matter_json, matters_of
from bot.commons.mass_send.rules import OPEN, SendStatus
from bot.commons.mass_send.service import keep, keys_of, standing, tell_customers, tell_group

__all__ = [
    "OPEN",
    "Matter",
    "SendStatus",
    "keep",
    "keys_of",
    "matter_json",
    "matters_of",
    "standing",
    "tell_customers",
    "tell_group",
]

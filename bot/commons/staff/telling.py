"""Writes to a colleague, by a door that leads to colleagues."""

from bot.kernel.capability import Capability, Chat, Doors
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Outgoing, Text, Voice
from bot.kernel.work import Toolbox, UnitOfWork


def write_to(
    uow: UnitOfWork, tools: Toolbox, userid: str, text: str, *, key: str, why: str
) -> bool:
    """Write to a colleague, whoever has her own conversation; False when no door leads to her.

    She hears of each `key` once; `why` says what made it, for the logs.
    """
    channel = _to_colleagues(tools)
    if not channel or not userid:
        return False
    uow.send(Outgoing(channel, userid, Text(text), f"{key}:{userid}", why, voice=Voice.CARE))
    return True


def _to_colleagues(tools: Toolbox) -> ChannelName:
    doors = tools.use(Doors).by_name
    return next(
        (name for name, door in doors.items() if _leads_to_colleagues(door)), ChannelName("")
    )


def _leads_to_colleagues(door: Capability) -> bool:
    return Chat.COLLEAGUE in door.chats and door.can_push and not (door.together or door.has_budget)

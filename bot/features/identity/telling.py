"""Writes to a member on a channel where she did not ask just now."""

from bot.kernel.capability import Chat, Doors
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Outgoing, Text
from bot.kernel.ports import LastHeard, Words
from bot.kernel.work import Toolbox, UnitOfWork

_ONE_TO_ONE = frozenset({Chat.COLLEAGUE, Chat.CUSTOMER, Chat.FOLLOWER})


def tell(
    uow: UnitOfWork,
    tools: Toolbox,
    to: tuple[ChannelName, str],
    template: str,
    key: str,
    **data: object,
) -> bool:
    """Queue words for an identity; False where she can only be answered.

    They leave by the account to which she wrote last.
    """
    channel, identity = to
    record = tools.use(Doors).of(channel)
    heard = tools.use(LastHeard)(uow, channel, identity)
    is_private = not _ONE_TO_ONE.isdisjoint(record.chats) and not record.needs_human_confirm
    if not is_private or record.together or not (record.can_push or heard):
        return False
    words = tools.use(Words)(template, **data)
    via = heard.via if heard else ""
    uow.send(Outgoing(channel, identity, Text(words), key, why="identity", via=via))
    return True

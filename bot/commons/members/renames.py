"""What happens to an identity that its platform calls otherwise from now on."""

from bot.commons.members.merging import How, merge, turn_of
from bot.commons.members.service import find
from bot.kernel.ids import ChannelName
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import Statement, UnitOfWork

_RENAME = Statement(
    "UPDATE identities SET identity = :new WHERE channel = :channel AND identity = :old"
)


def rename_identity(
    uow: UnitOfWork, registry: PersonalRegistry, channel: ChannelName, old: str, new: str
) -> bool:
    """Let an identity be called otherwise; False when nobody was called so.

    Who wrote under the new name before we heard of it is the same person.

    Raises:
        BeingErased: one of them is going to be erased; nothing was written.
    """
    uow.take_turns({turn_of(channel, old), turn_of(channel, new)})
    if old == new or (before := find(uow, channel, old)) is None:
        return False
    if (since := find(uow, channel, new)) is None:
        uow.run(_RENAME, channel=channel, old=old, new=new)
        registry.rename(uow, channel, old, new)
        return True
    if since != before:
        merge(uow, registry, before, since, how=How.RENAMED, who="bot", why="")
    return True

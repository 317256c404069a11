"""Which identities a platform can still be asked about, and what it said of them."""

from collections.abc import Sequence
from datetime import timedelta

from bot.commons.members.keys import learn
from bot.commons.members.service import find, name_identity
from bot.kernel.ids import ChannelName
from bot.kernel.persons import PersonKey
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import micros

NOT_LOOKED_UP = Statement(
    "SELECT identity FROM identities WHERE channel = :channel AND looked_up_at IS NULL"
    " AND created_at >= :since ORDER BY created_at LIMIT :most"
)
_LOOKED_UP = Statement(
    "UPDATE identities SET looked_up_at = :now WHERE channel = :channel AND identity = :identity"
    " AND looked_up_at IS NULL"
)


def not_looked_up(
    uow: UnitOfWork, channel: ChannelName, *, within_s: float, most: int
) -> Sequence[str]:
    """Return identities of whom the platform was not asked yet, the longest waiting first."""
    since = uow.clock.now() - timedelta(seconds=within_s)
    rows = uow.run(NOT_LOOKED_UP, channel=channel, since=micros(since), most=most)
    return [str(row[0]) for row in rows]


def looked_up(
    uow: UnitOfWork,
    registry: PersonalRegistry,
    channel: ChannelName,
    identity: str,
    *,
    keys: Sequence[PersonKey] = (),
    name: str = "",
) -> None:
    """Keep what a platform said of somebody; whoever was erased meanwhile stays forgotten."""
    uow.run(_LOOKED_UP, channel=channel, identity=identity, now=micros(uow.clock.now()))
    if (member := find(uow, channel, identity)) is None:
        return
    name_identity(uow, channel, identity, name)
    learn(uow, registry, member, (channel, identity), keys, source="look_up")

"""Another name of a member whom we know already."""

from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import micros

_ATTACH = Statement(
    "INSERT INTO identities (channel, identity, member_id, created_at)"
    " VALUES (:channel, :identity, :member, :now)"
    " ON CONFLICT (channel, identity) DO NOTHING RETURNING id"
)


def attach(uow: UnitOfWork, member: MemberId, channel: ChannelName, identity: str) -> bool:
    """Let a name on a channel mean a member; False when it means somebody already."""
    now = micros(uow.clock.now())
    return bool(uow.run(_ATTACH, channel=channel, identity=identity, member=member, now=now))

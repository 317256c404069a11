"""What platforms name a person by on all their channels: kept, and acted upon."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.commons.members.merging import How, current, merge
from bot.kernel.errors import Refusal
from bot.kernel.events import JoinedByKey
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.persons import PersonKey
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer, micros

log = structlog.get_logger(__name__)

OWNER = Statement(
    "SELECT i.member_id FROM person_keys k JOIN identities i ON i.id = k.identity_id"
    " WHERE k.kind = :kind AND k.scope = :scope AND k.value = :value"
)
_KEEP = Statement(
    "INSERT INTO person_keys (kind, scope, value, identity_id, source, at)"
    " SELECT :kind, :scope, :value, id, :source, :now FROM identities"
    " WHERE channel = :channel AND identity = :identity"
    " ON CONFLICT (kind, scope, value) DO NOTHING RETURNING id"
)
_ATTACH = Statement(
    "INSERT INTO identities (channel, identity, member_id, created_at)"
    " VALUES (:channel, :identity, :member, :at) ON CONFLICT (channel, identity) DO NOTHING"
)
_BEHIND = Statement(
    "SELECT member_id FROM identities WHERE channel = :channel AND identity = :identity"
)
_APART = Statement("SELECT 1 FROM members WHERE id IN (:one, :other) AND apart_since IS NOT NULL")


@dataclass(frozen=True, slots=True)
class Joining:
    """What may join the sender of an update with somebody who is known already."""

    registry: PersonalRegistry
    in_name: Sequence[PersonKey] = ()
    """What her identity is by itself: looked at when she is new."""
    told: Sequence[PersonKey] = ()
    """What the update says of her: looked at each time."""


def find_by_key(uow: UnitOfWork, key: PersonKey) -> MemberId | None:
    """Return the member whom a platform names so; None for somebody never told of."""
    rows = uow.run(OWNER, kind=key.kind.value, scope=key.scope, value=key.value)
    return MemberId(integer(rows[0][0])) if rows else None


def learn(
    uow: UnitOfWork,
    registry: PersonalRegistry,
    member: MemberId,
    name: tuple[ChannelName, str],
    keys: Sequence[PersonKey],
    *,
    source: str,
) -> MemberId:
    """Keep what a platform names somebody by; whoever is named so already is the same person.

    Nobody is joined who is going to be erased, or who once undid such a join.

    Args:
        uow: the unit of work.
        registry: all rooms, which move their rows.
        member: behind the identity.
        name: the identity that the platform told of: channel and name there.
        keys: what it told.
        source: where it was heard, for those who look later: `message`, `look_up`, `login`.

    Returns:
        Who she is now.
    """
    for key in keys:
        owner = find_by_key(uow, key)
        if owner is None and not _keep(uow, key, name, source):
            owner = find_by_key(uow, key)  # another replica was quicker
        if owner is not None and owner != member:
            member = _join(uow, registry, (member, owner), name, why=key.kind.value)
    return member


def prove(
    uow: UnitOfWork,
    registry: PersonalRegistry,
    member: MemberId,
    name: tuple[ChannelName, str],
    at: datetime,
) -> MemberId:
    """Take a platform's word that an identity is a member's; return who she is now."""
    channel, identity = name
    uow.run(_ATTACH, channel=channel, identity=identity, member=member, at=micros(at))
    owner = MemberId(integer(uow.run(_BEHIND, channel=channel, identity=identity)[0][0]))
    return member if owner == member else _join(uow, registry, (member, owner), name, why="login")


def _keep(uow: UnitOfWork, key: PersonKey, name: tuple[ChannelName, str], source: str) -> bool:
    channel, identity = name
    kept = uow.run(
        _KEEP,
        kind=key.kind.value,
        scope=key.scope,
        value=key.value,
        source=source,
        channel=channel,
        identity=identity,
        now=micros(uow.clock.now()),
    )
    return bool(kept)


def _join(
    uow: UnitOfWork,
    registry: PersonalRegistry,
    both: tuple[MemberId, MemberId],
    name: tuple[ChannelName, str],
    *,
    why: str,
) -> MemberId:
    member, owner = both
    if uow.run(_APART, one=member, other=owner):
        return member
    try:
        with uow.attempt():
            done = merge(uow, registry, member, owner, how=How.KEY, who="bot", why=why)
            uow.publish(JoinedByKey(done.stayed, done.id, *name))
    except Refusal as refusal:
        log.info("members.not_joined", member=member, refusal=type(refusal).__name__)
        return current(uow, member)
    log.info("members.joined", member=done.stayed, merge=done.id, by=why)
    return done.stayed

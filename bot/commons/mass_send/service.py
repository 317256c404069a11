"""Writes to groups, by whatever way leads there, and drafts what customers get."""

from collections.abc import Iterable, Sequence

from bot.commons.mass_send.matter import Matter, matter_json, matters_of
from bot.kernel.abilities import Audience
from bot.kernel.capability import Doors
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Outgoing, Part
from bot.kernel.ports import Group
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import micros

_MATTER = Statement(
    "INSERT INTO mass_matters (digest, body) VALUES (:digest, :body)"
    " ON CONFLICT (digest) DO NOTHING"
)
_DRAFT = Statement(
    "INSERT INTO mass_targets (key, channel, owner, audience, group_id, chat, digest, why, status,"
    " drafted_at, reason) VALUES (:key, :channel, :owner, :audience, :group, :chat, :digest, :why,"
    " 'drafted', :now, '') ON CONFLICT (key) DO NOTHING"
)
_STANDING = Statement("SELECT status FROM mass_targets WHERE key = :key")


def keys_of(key: str, parts: int) -> list[str]:
    """Return the keys of all messages that `tell_group` puts into the outbox for one key."""
    return [key, *(f"{key}:m{number}" for number in range(1, parts))]


def tell_group(
    uow: UnitOfWork, doors: Doors, group: Group, parts: Sequence[Part], *, key: str, why: str
) -> None:
    """Write to a group: it is sent, or drafted where its owner has to confirm it first.

    Args:
        uow: the unit of work; what it forgets is not written.
        doors: the records of all channels.
        group: to whom.
        parts: what is said; one mass send, or a message each.
        key: the same key is the same happening, however often it is told.
        why: what made it, as in `Outgoing.why`.
    """
    if doors.of(group.channel).needs_human_confirm:
        _draft(uow, doors, group, parts, key=key, why=why)
        return
    for each, part in zip(keys_of(key, len(parts)), parts, strict=True):
        uow.send(
            Outgoing(
                channel=group.channel,
                recipient=group.recipient,
                part=part,
                key=each,
                why=why,
                to_group=True,
            )
        )


def _draft(
    uow: UnitOfWork, doors: Doors, group: Group, parts: Sequence[Part], *, key: str, why: str
) -> None:
    now = micros(uow.clock.now())
    for number, matter in enumerate(matters_of(parts, doors.of(group.channel))):
        uow.run(
            _DRAFT,
            key=f"{key}/{number}" if number else key,
            channel=group.channel,
            owner=group.owner,
            audience=Audience.GROUPS.value,
            group=group.id,
            chat=group.recipient,
            digest=keep(uow, matter),
            why=why,
            now=now,
        )


def tell_customers(
    uow: UnitOfWork,
    channel: ChannelName,
    customers: Iterable[tuple[str, str]],
    matters: Sequence[Matter],
    *,
    key: str,
    why: str,
) -> None:
    """Draft what customers get, each from one colleague who has to confirm it first.

    Args:
        uow: the unit of work; what it forgets is not written.
        channel: whose customers they are.
        customers: each customer with the colleague who is asked to send it.
        matters: what is said, a mass send each.
        key: the same key is the same happening, for each customer.
        why: what made it.
    """
    now, digests = micros(uow.clock.now()), [keep(uow, matter) for matter in matters]
    for identity, colleague in customers:
        for number, digest in enumerate(digests):
            uow.run(
                _DRAFT,
                key=f"{key}:{identity}/{number}",
                channel=channel,
                owner=colleague,
                audience=Audience.CUSTOMERS.value,
                group="",
                chat=identity,
                digest=digest,
                why=why,
                now=now,
            )


def keep(uow: UnitOfWork, matter: Matter) -> str:
    """Keep what is said, once; return its digest."""
    digest = matter.digest
    uow.run(_MATTER, digest=digest, body=matter_json.dump_json(matter).decode())
    return digest


def standing(uow: UnitOfWork, key: str) -> str:
    """Return where what was told under `key` stands as a mass send; empty when it is none."""
    rows = uow.run(_STANDING, key=key)
    return str(rows[0][0]) if rows else ""

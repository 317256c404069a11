"""Who is who: from a name on a channel to a member, and back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.commons.members.keys import Joining, learn
from bot.kernel.console import number_in
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.words import cut_chars
from bot.kernel.work import Context, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

NAME_CHARS = 20
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters to Unicode, nothing to the eye
_READ_CHARS = 200  # a name that somebody made absurdly long costs no more than this

KNOWN = Statement(
    "SELECT member_id, display_name FROM identities"
    " WHERE channel = :channel AND identity = :identity"
)
_NEW_MEMBER = Statement(
    "INSERT INTO members (created_at, joined_at) VALUES (:at, :at) RETURNING id"
)
_NEW_IDENTITY = Statement(
    "INSERT INTO identities (channel, identity, member_id, display_name, created_at)"
    " VALUES (:channel, :identity, :member, :name, :at)"
    " ON CONFLICT (channel, identity) DO NOTHING RETURNING id"
)
_UNDO_MEMBER = Statement("DELETE FROM members WHERE id = :member")
_IDENTITIES = Statement(
    "SELECT channel, identity, display_name FROM identities WHERE member_id = :member ORDER BY id"
)
NAME = Statement(
    "SELECT m.display_name, i.display_name FROM members m LEFT JOIN identities i"
    " ON i.member_id = m.id AND i.display_name IS NOT NULL"
    " WHERE m.id = :member ORDER BY i.id DESC LIMIT 1"
)
SEARCH = Statement(
    "SELECT DISTINCT m.id FROM members m LEFT JOIN identities i ON i.member_id = m.id"
    " WHERE m.display_name LIKE :part ESCAPE '!' OR i.display_name LIKE :part ESCAPE '!'"
    " ORDER BY m.id LIMIT :most"
)
_EVERYBODY = Statement("SELECT id FROM members WHERE id > :after ORDER BY id LIMIT :most")
_EXISTS = Statement("SELECT id FROM members WHERE id = :member")
_KEY_KINDS = Statement(
    "SELECT DISTINCT i.channel, i.identity, k.kind FROM person_keys k"
    " JOIN identities i ON i.id = k.identity_id WHERE i.member_id = :member"
    " ORDER BY i.channel, i.identity, k.kind"
)
_SET_JOINED = Statement(
    "UPDATE members SET joined_at = :at WHERE id = :member AND joined_at <> :at RETURNING id"
)
_JOINED = Statement("SELECT joined_at FROM members WHERE id = :member")
_SET_NAME = Statement("UPDATE members SET display_name = :name WHERE id = :member")
_SET_IDENTITY_NAME = Statement(
    "UPDATE identities SET display_name = :name"
    " WHERE channel = :channel AND identity = :identity"
    " AND (display_name IS NULL OR display_name <> :name)"
)


@dataclass(frozen=True, slots=True)
class IdentityOf:
    """A member's name on one channel."""

    channel: ChannelName
    identity: str
    display_name: str | None


def resolve(
    uow: UnitOfWork,
    channel: ChannelName,
    identity: str,
    at: datetime,
    *,
    name: str = "",
    joining: Joining | None = None,
) -> MemberId:
    """Return the member behind an identity; somebody new becomes a member.

    One statement for somebody known whose name is the same as before. Two messages of somebody
    new at the same time, on two replicas, end up with one member. Somebody new whom a platform
    names like a member is that member.

    Args:
        uow: the unit of work.
        channel: where she wrote.
        identity: how that channel names her.
        at: when she wrote; somebody new has joined then.
        name: what the channel calls her now, as it came; empty when it does not say.
        joining: what platforms name her by.
    """
    member, is_new = _resolve(uow, channel, identity, at, name)
    if joining is None or not (keys := (*(joining.in_name if is_new else ()), *joining.told)):
        return member
    return learn(uow, joining.registry, member, (channel, identity), keys, source="message")


def _resolve(
    uow: UnitOfWork, channel: ChannelName, identity: str, at: datetime, name: str
) -> tuple[MemberId, bool]:
    """Return the member behind an identity and whether she is new."""
    while True:
        if rows := uow.run(KNOWN, channel=channel, identity=identity):
            number, known_as = rows[0]
            if name and name != known_as and tidy_name(name) != known_as:
                name_identity(uow, channel, identity, name)
            return MemberId(integer(number)), False
        member = MemberId(integer(uow.run(_NEW_MEMBER, at=micros(at))[0][0]))
        if uow.run(
            _NEW_IDENTITY,
            channel=channel,
            identity=identity,
            member=member,
            name=tidy_name(name) or None,
            at=micros(at),
        ):
            return member, True
        uow.run(_UNDO_MEMBER, member=member)  # another replica was quicker


def add(uow: UnitOfWork, joined_at: datetime) -> MemberId:
    """Add a member whom no channel knows yet: somebody whom an operator has on a list."""
    return MemberId(integer(uow.run(_NEW_MEMBER, at=micros(joined_at))[0][0]))


def set_joined(uow: UnitOfWork, member: MemberId, at: datetime) -> bool:
    """Keep since when a member has been one; False when it is the same as before."""
    return bool(uow.run(_SET_JOINED, member=member, at=micros(at)))


def joined_at(uow: UnitOfWork, member: MemberId) -> datetime | None:
    """Return since when a member has been one; None for nobody."""
    rows = uow.run(_JOINED, member=member)
    return instant(rows[0][0]) if rows else None


def find(uow: UnitOfWork, channel: ChannelName, identity: str) -> MemberId | None:
    """Return the member behind an identity; None for somebody never seen."""
    rows = uow.run(KNOWN, channel=channel, identity=identity)
    return MemberId(integer(rows[0][0])) if rows else None


def identities_of(uow: UnitOfWork, member: MemberId) -> list[IdentityOf]:
    """Return a member's names on the channels, the oldest first."""
    return [
        IdentityOf(ChannelName(str(channel)), str(identity), None if name is None else str(name))
        for channel, identity, name in uow.run(_IDENTITIES, member=member)
    ]


def exists(uow: UnitOfWork, member: MemberId) -> bool:
    """Return True when there is such a member."""
    return bool(uow.run(_EXISTS, member=member))


def all_members(uow: UnitOfWork, *, after: int = 0, most: int = 500) -> list[MemberId]:
    """Return members by number: a bite of those behind `after`."""
    return [MemberId(integer(row[0])) for row in uow.run(_EVERYBODY, after=after, most=most)]


def search(uow: UnitOfWork, part: str, *, most: int) -> list[MemberId]:
    """Return members with a name, on whatever channel, that holds `part`."""
    literal = "".join(f"!{sign}" if sign in "!%_" else sign for sign in part)
    rows = uow.run(SEARCH, part=f"%{literal}%", most=most)
    return [MemberId(integer(row[0])) for row in rows]


def look_for(uow: UnitOfWork, asked: str, *, most: int) -> Sequence[MemberId]:
    """Return the members whom an operator may mean by a name, a number or `channel:identity`."""
    channel, colon, identity = asked.partition(":")
    if colon:
        member = find(uow, ChannelName(channel.strip()), identity.strip())
        return [] if member is None else [member]
    if (number := number_in(asked)) is not None:
        return [MemberId(number)] if exists(uow, MemberId(number)) else []
    return search(uow, asked, most=most)


def key_kinds(uow: UnitOfWork, member: MemberId) -> dict[tuple[str, str], list[str]]:
    """Return by what kinds of key a platform knows each identity (channel, name) of a member."""
    kinds: dict[tuple[str, str], list[str]] = {}
    for channel, identity, kind in uow.run(_KEY_KINDS, member=member):
        kinds.setdefault((str(channel), str(identity)), []).append(str(kind))
    return kinds


def display_name(uow: UnitOfWork, member: MemberId) -> str | None:
    """Return what to call a member: the community's name for her, else a channel's."""
    rows = uow.run(NAME, member=member)
    name = rows[0][0] or rows[0][1] if rows else None
    return str(name) if name else None


def addressed(ctx: Context) -> dict[str, object]:
    """Return whom an answer names: in a group others read along, in a 1:1 chat it is clear."""
    in_group = ctx.update.in_group
    return {"in_group": in_group, "name": display_name(ctx.uow, ctx.member) if in_group else None}


def name_member(uow: UnitOfWork, member: MemberId, name: str) -> None:
    """Keep what the community calls a member; empty takes the name away."""
    uow.run(_SET_NAME, member=member, name=tidy_name(name) or None)


def name_identity(uow: UnitOfWork, channel: ChannelName, identity: str, name: str) -> None:
    """Keep what a channel calls somebody; an unknown identity or an empty name changes nothing."""
    if tidied := tidy_name(name):
        uow.run(_SET_IDENTITY_NAME, channel=channel, identity=identity, name=tidied)


def tidy_name(name: str) -> str:
    """Return a name that fits into a sentence: one line, not long, nothing that is not seen.

    Characters that steer the text around them, such as those that turn its direction, are gone.
    """
    printable = "".join(
        char if char.isprintable() and char not in _BLANK else " " for char in name[:_READ_CHARS]
    )
    return cut_chars(" ".join(printable.split()), NAME_CHARS)


def called(uow: UnitOfWork, member: MemberId) -> str:
    """Return how files name a member, by her first name on a channel: `simulator:amei`."""
    known = identities_of(uow, member)
    return f"{known[0].channel}:{known[0].identity}" if known else f"member:{member}"

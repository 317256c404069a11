"""Makes two members one, and undoes it. How rows move is each room's own affair (`Mover`)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.commons import audit
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_IDENTITIES = Statement(
    "SELECT channel, identity FROM identities WHERE member_id = :one OR member_id = :other"
)
# Waits for an erasure of the same member that is under way, and then finds nobody.
_HOLD = Statement(
    "UPDATE members SET erase_asked_at = NULL WHERE id = :member AND erase_after IS NULL"
    " RETURNING id"
)
_THERE = Statement("SELECT 1 FROM members WHERE id = :member")
_APART = Statement(
    "UPDATE members SET apart_since = :now WHERE id = :member AND apart_since IS NULL"
)
_KEEP = Statement(
    "INSERT INTO merges (from_member, into_member, how, who, why, moved, at, undone_by)"
    " VALUES (:goes, :stays, :how, :who, :why, :moved, :now, '') RETURNING id"
)
_COLUMNS = "id, from_member, into_member, how, who, why, at, undone_at, undone_by"
_FIND = Statement(f"SELECT {_COLUMNS} FROM merges WHERE id = :merge")
_UNDO = Statement(
    "UPDATE merges SET undone_at = :now, undone_by = :who"
    " WHERE id = :merge AND undone_at IS NULL RETURNING moved"
)
_FORGET_MOVED = Statement("UPDATE merges SET moved = '{}' WHERE id = :merge")
_LATER = Statement(
    "SELECT id FROM merges WHERE id > :merge AND undone_at IS NULL"
    " AND (into_member = :stayed OR from_member = :stayed) ORDER BY id DESC LIMIT 1"
)
_LAST = Statement(
    f"SELECT {_COLUMNS} FROM merges WHERE into_member = :member AND undone_at IS NULL"
    " AND at > :since ORDER BY id DESC LIMIT 1"
)
_ABOUT = Statement(
    f"SELECT {_COLUMNS} FROM merges WHERE into_member = :member OR from_member = :member"
    " ORDER BY id DESC"
)
_RECENT = Statement(f"SELECT {_COLUMNS} FROM merges ORDER BY id DESC LIMIT :most")
_SINCE = Statement("SELECT COUNT(*) FROM merges WHERE at > :since AND undone_at IS NULL")
_WENT_INTO = Statement(
    "SELECT into_member FROM merges WHERE from_member = :member AND undone_at IS NULL"
    " ORDER BY id DESC LIMIT 1"
)


class How(StrEnum):
    """What told that two members are one person."""

    KEY = "key"
    """A platform names both by the same key."""
    CODE = "code"
    """She said so, on both sides."""
    OPERATOR = "operator"
    RENAMED = "renamed"
    """The platform changed an identity."""


@dataclass(frozen=True, slots=True)
class Merged:
    """Two members that were made one."""

    id: int
    went: MemberId
    stayed: MemberId
    how: How
    who: str
    why: str
    at: datetime
    undone_at: datetime | None
    undone_by: str


class SameMember(Refusal):
    """Both are one member already; nothing was written."""

    template = "identity/same_member.txt.j2"


class NobodyThere(Refusal):
    """One of them is no member, or no more; nothing was written."""

    template = "identity/nobody_there.txt.j2"


class BeingErased(Refusal):
    """One of them is going to be erased; nothing was written."""

    template = "identity/being_erased.txt.j2"


class NothingToUndo(Refusal):
    """There is no such merge, or it was undone before; nothing was written."""

    template = "identity/nothing_to_undo.txt.j2"


class NotTheLast(Refusal):
    """A later merge of the same member stands; nothing was written."""

    template = "identity/not_the_last.txt.j2"


def turn_of(channel: str, identity: str) -> str:
    """Return the key by which whoever works for an identity takes turns with a merge of it."""
    return f"who:{channel}:{identity}"


def turn_of_member(member: MemberId) -> str:
    """Return the key by which whoever works for a member takes turns with a merge of her."""
    return f"member:{member}"


def merge(
    uow: UnitOfWork,
    registry: PersonalRegistry,
    one: MemberId,
    other: MemberId,
    *,
    how: How,
    who: str,
    why: str,
) -> Merged:
    """Make two members one; the one whom we know longer stays.

    Args:
        uow: the unit of work.
        registry: all rooms, which move their rows.
        one: a member.
        other: another one; the order means nothing.
        how: what told that they are one.
        who: an operator's name, `member` or `bot`.
        why: the reason, for the audit; never a member's words or a key.

    Raises:
        SameMember: they are one already.
        NobodyThere: one of them is no member any more.
        BeingErased: one of them is going to be erased.
    """
    one, other = current(uow, one), current(uow, other)
    stays, goes = min(one, other), max(one, other)
    if stays == goes:
        raise SameMember(f"member {one}", member=one)
    _take_turns(uow, stays, goes)
    if (current(uow, one), current(uow, other)) != (one, other):  # while we waited
        return merge(uow, registry, one, other, how=how, who=who, why=why)
    for member in (stays, goes):
        _hold(uow, member)
    moved = registry.move(uow, goes, stays)
    now = uow.clock.now()
    values = {"goes": goes, "stays": stays, "how": how.value, "who": who, "why": why}
    kept = uow.run(_KEEP, **values, moved=json.dumps(moved), now=micros(now))
    audit.record(uow, who, "members.merged", _about(how, why), member=stays)
    return Merged(integer(kept[0][0]), goes, stays, how, who, why, now, None, "")


def undo(
    uow: UnitOfWork, registry: PersonalRegistry, merge_id: int, *, who: str, why: str
) -> Merged:
    """Make two of one member again. What happened in between stays with the one who stayed.

    After a join that nobody had asked for, neither of them is joined unasked again.

    Raises:
        NothingToUndo: there is no such merge, or it was undone before.
        NotTheLast: a later merge has to be undone first.
        BeingErased: she is going to be erased, with all that is hers.
        Refusal: of a room whose rows can't go back.
    """
    rows = uow.run(_FIND, merge=merge_id)
    if not rows:
        raise NothingToUndo(f"merge {merge_id}")
    done = _read(rows[0])
    _take_turns(uow, done.stayed, done.went)
    if later := uow.run(_LATER, merge=merge_id, stayed=done.stayed):
        raise NotTheLast(f"merge {merge_id}", later=later[0][0])
    taken = uow.run(_UNDO, merge=merge_id, who=who, now=micros(uow.clock.now()))
    if not taken:
        raise NothingToUndo(f"merge {merge_id}")
    _hold(uow, done.stayed)
    registry.back(uow, done.went, done.stayed, json.loads(str(taken[0][0])))
    uow.run(_FORGET_MOVED, merge=merge_id)
    for member in (done.stayed, done.went):
        audit.record(uow, who, "members.parted", _about(done.how, why), member=member)
        if done.how is How.KEY:
            uow.run(_APART, member=member, now=micros(uow.clock.now()))
    return done


def last_merge(uow: UnitOfWork, member: MemberId, within: timedelta) -> Merged | None:
    """Return the latest merge into a member that stands; None when it is longer ago."""
    rows = uow.run(_LAST, member=member, since=micros(uow.clock.now() - within))
    return _read(rows[0]) if rows else None


def merges_of(uow: UnitOfWork, member: MemberId) -> Sequence[Merged]:
    """Return the merges of a member, undone ones too, the latest first."""
    return [_read(row) for row in uow.run(_ABOUT, member=member)]


def recent_merges(uow: UnitOfWork, *, most: int) -> Sequence[Merged]:
    """Return the latest merges of all members."""
    return [_read(row) for row in uow.run(_RECENT, most=most)]


def merges_since(uow: UnitOfWork, since: datetime) -> int:
    """Return how many merges were made since then, and stand."""
    return integer(uow.run(_SINCE, since=micros(since))[0][0])


def current(uow: UnitOfWork, member: MemberId) -> MemberId:
    """Return who a member is now: for whoever kept an id across units of work."""
    while not uow.run(_THERE, member=member):
        rows = uow.run(_WENT_INTO, member=member)
        if not rows:
            return member
        member = MemberId(integer(rows[0][0]))
    return member


def _take_turns(uow: UnitOfWork, one: MemberId, other: MemberId) -> None:
    """Wait until nobody handles a message of either, and keep others from beginning to."""
    uow.take_turns({turn_of_member(one), turn_of_member(other)})
    names = uow.run(_IDENTITIES, one=one, other=other)
    uow.take_turns({turn_of(str(channel), str(identity)) for channel, identity in names})


def _hold(uow: UnitOfWork, member: MemberId) -> None:
    """Keep a member from being erased or merged by others until the end."""
    if uow.run(_HOLD, member=member):
        return
    if uow.run(_THERE, member=member):
        raise BeingErased(f"member {member}", member=member)
    raise NobodyThere(f"member {member}", member=member)


def _about(how: How, why: str) -> str:
    return f"{how.value}: {why}" if why else how.value


def _read(row: Row) -> Merged:
    number, went, stayed, how, who, why, at, undone_at, undone_by = row
    return Merged(
        integer(number),
        MemberId(integer(went)),
        MemberId(integer(stayed)),
        How(str(how)),
        str(who),
        str(why),
        instant(at),
        None if undone_at is None else instant(undone_at),
        str(undone_by),
    )

"""Use cases of joining identities: by a code, by what a platform says, and apart again."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.commons import members
from bot.features.identity.rules import CODE_DIGITS, LOCKED, MOST_WRONG, UNDO_WITHIN, VALID
from bot.kernel.errors import Refusal
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_VOID = Statement("DELETE FROM bindings WHERE member_id = :member")
_FORGET_CODES = Statement("DELETE FROM bindings WHERE until <= :now")
_FORGET_TRIES = Statement("DELETE FROM binding_tries WHERE until <= :now")
_OFFER = Statement(
    "INSERT INTO bindings (code, member_id, channel, identity, until, confirmed,"
    " other_channel, other_identity, other_confirmed)"
    " VALUES (:code, :member, :channel, :identity, :until, 0, '', '', 0)"
    " ON CONFLICT (code) DO NOTHING RETURNING code"
)
_COLUMNS = "code, member_id, channel, identity, other_id, other_channel, other_identity"
_OFFERED = Statement(f"SELECT {_COLUMNS} FROM bindings WHERE code = :code AND until > :now")
_ENTER = Statement(
    "UPDATE bindings SET other_id = :member, other_channel = :channel,"
    " other_identity = :identity, until = :until, confirmed = 0, other_confirmed = 0"
    " WHERE code = :code AND (other_id IS NULL OR other_id = :member) RETURNING code"
)
_MINE = Statement(
    f"SELECT {_COLUMNS} FROM bindings WHERE other_id IS NOT NULL AND until > :now"
    " AND (member_id = :member OR other_id = :member) ORDER BY until DESC LIMIT 1"
)
# Both sides may confirm at the same moment: what the other one said is read by the same statement.
_CONFIRM = Statement(
    "UPDATE bindings SET confirmed = 1 WHERE code = :code RETURNING other_confirmed"
)
_CONFIRM_OTHER = Statement(
    "UPDATE bindings SET other_confirmed = 1 WHERE code = :code RETURNING confirmed"
)
_TRIES = Statement("SELECT wrong, until FROM binding_tries WHERE member_id = :member")
_WRONG = Statement(
    "INSERT INTO binding_tries (member_id, wrong, until) VALUES (:member, 1, :until)"
    " ON CONFLICT (member_id) DO UPDATE SET until = excluded.until,"
    " wrong = CASE WHEN binding_tries.until <= :now THEN 1 ELSE binding_tries.wrong + 1 END"
    " RETURNING wrong"
)


class NothingJoined(Refusal):
    """Nothing was joined lately; nothing was written."""

    template = "identity/nothing_joined.txt.j2"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two sides: who speaks from where."""

    member: MemberId
    channel: ChannelName
    identity: str


class Entry(StrEnum):
    """What became of a code that somebody typed."""

    FITS = "fits"
    WRONG = "wrong"
    OWN = "own"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Entered:
    """A code that somebody typed, and whose it is if it fits."""

    entry: Entry
    left: int = 0
    """How often she may still try."""
    other: Side | None = None


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A confirmation; `merged` is None while that of the other side is missing."""

    other: Side
    merged: members.Merged | None


def offer(uow: UnitOfWork, side: Side, at: datetime) -> str:
    """Give a member a new code; her earlier one is void.

    Raises:
        BeingErased: she is going to be erased.
    """
    if members.erasure_due_at(uow, side.member) is not None:
        raise members.BeingErased(f"member {side.member}", member=side.member)
    uow.run(_VOID, member=side.member)
    values = {"member": side.member, "channel": side.channel, "identity": side.identity}
    while True:
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        if uow.run(_OFFER, code=code, until=micros(at + VALID), **values):
            return code


def forget_old(uow: UnitOfWork) -> None:
    """Remove codes and tries that mean nothing any more; a message may be late by an hour."""
    now = micros(uow.clock.now() - LOCKED)
    uow.run(_FORGET_CODES, now=now)
    uow.run(_FORGET_TRIES, now=now)


def enter(uow: UnitOfWork, side: Side, code: str, at: datetime) -> Entered:
    """Take a code that a member typed on another channel; both sides have to confirm then.

    Wrong codes are counted, so that nobody finds one by trying.
    """
    if _wrong(uow, side.member, at) >= MOST_WRONG:
        return Entered(Entry.LOCKED)
    rows = uow.run(_OFFERED, code=code, now=micros(at))
    offered = _read(rows[0]) if rows else None
    if offered is not None and offered.mine.member == side.member:
        return Entered(Entry.OWN)
    values = {"member": side.member, "channel": side.channel, "identity": side.identity}
    if offered is None or not uow.run(_ENTER, code=code, until=micros(at + VALID), **values):
        until, now = micros(at + LOCKED), micros(at)
        wrong = integer(uow.run(_WRONG, member=side.member, until=until, now=now)[0][0])
        return Entered(Entry.WRONG, max(0, MOST_WRONG - wrong))
    return Entered(Entry.FITS, other=offered.mine)


def confirm(
    uow: UnitOfWork, registry: PersonalRegistry, side: Side, at: datetime
) -> Confirmed | None:
    """Confirm that both sides are one person; None when nobody asked.

    Raises:
        BeingErased: one of them is going to be erased.
    """
    rows = uow.run(_MINE, member=side.member, now=micros(at))
    if not rows:
        return None
    binding = _read(rows[0])
    is_owner = binding.mine.member == side.member
    other = binding.other if is_owner else binding.mine
    confirmed = uow.run(_CONFIRM if is_owner else _CONFIRM_OTHER, code=binding.code)
    if not confirmed or not confirmed[0][0]:
        return Confirmed(other, None)
    how = members.How.CODE
    merged = members.merge(uow, registry, side.member, other.member, how=how, who="member", why="")
    return Confirmed(other, merged)


def part(uow: UnitOfWork, registry: PersonalRegistry, member: MemberId) -> members.Merged:
    """Undo what was joined last, at the member's own wish.

    Raises:
        NothingJoined: nothing was joined within the last weeks.
        Refusal: it can't be undone any more.
    """
    last = members.last_merge(uow, member, UNDO_WITHIN)
    if last is None:
        raise NothingJoined(f"member {member}", days=UNDO_WITHIN.days)
    return members.undo(uow, registry, last.id, who="member", why="asked_by_member")


@dataclass(frozen=True, slots=True)
class _Binding:
    code: str
    mine: Side
    other: Side


def _read(row: Row) -> _Binding:
    code, *mine = row[:4]
    other, channel, identity = row[4:]
    return _Binding(str(code), _side(*mine), _side(other or 0, channel, identity))


def _side(member: object, channel: object, identity: object) -> Side:
    return Side(MemberId(integer(member)), ChannelName(str(channel)), str(identity))


def _wrong(uow: UnitOfWork, member: MemberId, at: datetime) -> int:
    rows = uow.run(_TRIES, member=member)
    return integer(rows[0][0]) if rows and instant(rows[0][1]) > at else 0


# ── the console ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Move:
    """How many rows of a kind each of two members has."""

    title: str
    goes: int
    stays: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What a merge would do."""

    goes: MemberId
    stays: MemberId
    moves: Sequence[Move]


def plan(uow: UnitOfWork, registry: PersonalRegistry, one: MemberId, other: MemberId) -> Plan:
    """Return what a merge of two members would move; nothing is written.

    Raises:
        SameMember: they are one already.
        NobodyThere: one of them is no member.
        BeingErased: one of them is going to be erased.
    """
    if one == other:
        raise members.SameMember(f"member {one}", member=one)
    for member in (one, other):
        if not members.exists(uow, member):
            raise members.NobodyThere(f"member {member}", member=member)
        if members.erasure_due_at(uow, member) is not None:
            raise members.BeingErased(f"member {member}", member=member)
    goes, stays = max(one, other), min(one, other)
    moves = [
        Move(data.title, len(data.export(uow, goes)), len(data.export(uow, stays)))
        for data in registry
    ]
    return Plan(goes, stays, [move for move in moves if move.goes or move.stays])

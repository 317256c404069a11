"""Use cases of writing to members unasked."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.commons import audit, cases, members, reception
from bot.kernel.capability import Capability, Chat, Doors
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.messages import Outgoing, Part, Text
from bot.kernel.ports import LastHeard, Words
from bot.kernel.work import Row, Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, integer, micros

_ONE_TO_ONE = frozenset({Chat.COLLEAGUE, Chat.CUSTOMER, Chat.FOLLOWER})
_MARGIN_S = 300.0
"""What is queued now may leave a little later; a window that closes meanwhile is none."""

_NOTE = Statement(
    "INSERT INTO letters (key, member_id, subject, purpose, status, at)"
    " VALUES (:key, :member, :subject, :purpose, :status, :at)"
    " ON CONFLICT (key) DO NOTHING RETURNING id"
)
_HUSHES = Statement("SELECT kind, since FROM hushes WHERE member_id = :member ORDER BY kind")
_HUSH = Statement(
    "INSERT INTO hushes (member_id, kind, since) VALUES (:member, :kind, :now)"
    " ON CONFLICT (member_id, kind) DO NOTHING RETURNING kind"
)
_UNHUSH = Statement("DELETE FROM hushes WHERE member_id = :member AND kind = :kind RETURNING kind")
_UNREACHED = Statement(
    "SELECT id, member_id, subject, purpose, at FROM letters WHERE status = 'no_way'"
    " ORDER BY at, id LIMIT :most"
)
_SETTLED = Statement(
    "SELECT id, member_id, subject, purpose, at FROM letters WHERE status = 'settled'"
    " ORDER BY at DESC, id DESC LIMIT :most"
)
_SETTLE = Statement(
    "UPDATE letters SET status = :status WHERE id = :id AND status = :before RETURNING member_id"
)
_FORGET = Statement("DELETE FROM letters WHERE at < :before AND status <> 'no_way'")


class Purpose(StrEnum):
    """Why a member is written to; what she has silenced depends on it."""

    ESSENTIAL = "essential"
    """A change in what she has booked, won or paid, or her safety: always told."""
    SERVICE = "service"
    """About something of her own, for example a reminder: not told while it is 安静."""
    OFFER = "offer"
    """Something she might like: told neither then nor after 退订."""


class Hushed(StrEnum):
    """What a member has silenced."""

    QUIET = "quiet"
    """安静: nothing but what is essential."""
    OFFERS = "offers"
    """退订: no offers."""
    CALLS = "calls"
    """不接受电话营销: nobody calls her; what was to be said by telephone is written."""


_STOPS: Mapping[Purpose, frozenset[Hushed]] = {
    Purpose.ESSENTIAL: frozenset(),
    Purpose.SERVICE: frozenset({Hushed.QUIET}),
    Purpose.OFFER: frozenset({Hushed.QUIET, Hushed.OFFERS}),
}


class Told(StrEnum):
    """What became of a letter."""

    QUEUED = "queued"
    HUSHED = "hushed"
    """She does not want to hear it."""
    NO_WAY = "no_way"
    """No door leads to her now; she is on the list of those to be called."""
    BEFORE = "before"
    """The same letter was written before; nothing was done."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a room has to say to a member: words by a template, or a part."""

    key: str
    """The same key is the same letter."""
    subject: str
    """What it is about, for operators: `沙龙「冬日大衣」改期`."""
    purpose: Purpose
    template: str = ""
    data: Mapping[str, object] = field(default_factory=dict)
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """A door by which a member can be written to now."""

    channel: ChannelName
    identity: str
    via: str
    """By which of the channel's own accounts."""


@dataclass(frozen=True, slots=True)
class Unreached:
    """A letter that nobody could carry."""

    id: int
    member: MemberId
    subject: str
    purpose: Purpose
    at: datetime


def tell(uow: UnitOfWork, tools: Toolbox, member: MemberId, letter: Letter) -> Told:
    """Write to a member by the best way that is open, once for each key.

    While a human has her conversation none is: the letter is listed for a person.
    """
    stops = not wants(uow, member, letter.purpose)
    found = [] if stops or reception.owner_of(uow, member) else ways(uow, tools, member)
    told = Told.HUSHED if stops else Told.QUEUED if found else Told.NO_WAY
    if not uow.run(
        _NOTE,
        key=letter.key,
        member=member,
        subject=letter.subject,
        purpose=letter.purpose,
        status=told,
        at=micros(uow.clock.now()),
    ):
        return Told.BEFORE
    if found:
        part = letter.part or Text(tools.use(Words)(letter.template, **letter.data))
        way, why = found[0], f"outreach.{letter.purpose}"
        uow.send(Outgoing(way.channel, way.identity, part, letter.key, why=why, via=way.via))
    return told


def wants(uow: UnitOfWork, member: MemberId, purpose: Purpose) -> bool:
    """Return False for what she has silenced, and for offers while she has reason to complain."""
    if _STOPS[purpose] & hushes_of(uow, member).keys():
        return False
    return purpose is not Purpose.OFFER or not cases.is_upset(uow, member)


def ways(uow: UnitOfWork, tools: Toolbox, member: MemberId) -> Sequence[Way]:
    """Return the doors that lead to a member now, the best first.

    Where she may always be written to comes before where she may only be answered; of equal
    ones, where she wrote last.
    """
    found: list[tuple[bool, float, Way]] = []
    for one in members.identities_of(uow, member):
        door = tools.use(Doors).of(one.channel)
        heard = tools.use(LastHeard)(uow, one.channel, one.identity)
        ago_s = (uow.clock.now() - heard.at).total_seconds() if heard else math.inf
        if heard and heard.event in door.leaving:
            continue  # she has left, and did nothing there since
        if _is_open(door, ago_s):
            via = heard.via if heard else ""
            found.append((door.has_budget, ago_s, Way(one.channel, one.identity, via)))
    return [way for _, _, way in sorted(found, key=lambda each: each[:2])]


def _is_open(door: Capability, ago_s: float) -> bool:
    if _ONE_TO_ONE.isdisjoint(door.chats) or door.needs_human_confirm or door.together:
        return False
    if door.can_push and not door.has_budget:
        return True
    return ago_s < door.reply_window_s - _MARGIN_S


def hushes_of(uow: UnitOfWork, member: MemberId) -> Mapping[Hushed, datetime]:
    """Return what a member has silenced, and since when."""
    rows = uow.run(_HUSHES, member=member)
    return {Hushed(str(kind)): instant(since) for kind, since in rows}


def hush(uow: UnitOfWork, member: MemberId, kind: Hushed, *, who: str = "member") -> bool:
    """Silence something for a member; False when it was already."""
    if not uow.run(_HUSH, member=member, kind=kind, now=micros(uow.clock.now())):
        return False
    audit.record(uow, who, f"outreach.hush.{kind}", "asked", member=member)
    return True


def unhush(uow: UnitOfWork, member: MemberId, kind: Hushed, *, who: str = "member") -> bool:
    """Let a member hear something again; False when it was not silenced."""
    if not uow.run(_UNHUSH, member=member, kind=kind):
        return False
    audit.record(uow, who, f"outreach.unhush.{kind}", "asked", member=member)
    return True


def takes_calls(uow: UnitOfWork, member: MemberId) -> bool:
    """Return False for who does not want to be called (不接受电话营销)."""
    return Hushed.CALLS not in hushes_of(uow, member)


def unreached(uow: UnitOfWork, *, most: int) -> Sequence[Unreached]:
    """Return the letters that nobody could carry and nobody has seen to, the oldest first."""
    return [_unreached(row) for row in uow.run(_UNREACHED, most=most)]


def settled(uow: UnitOfWork, *, most: int) -> Sequence[Unreached]:
    """Return the letters that a person has seen to, the latest first."""
    return [_unreached(row) for row in uow.run(_SETTLED, most=most)]


def _unreached(row: Row) -> Unreached:
    number, member, subject, purpose, at = row
    who = MemberId(integer(member))
    return Unreached(integer(number), who, str(subject), Purpose(str(purpose)), instant(at))


def settle(uow: UnitOfWork, letter: int, *, who: str, undo: bool = False) -> bool:
    """Note that a person has told a member what a letter said, or take the note back."""
    status, before = ("no_way", "settled") if undo else ("settled", "no_way")
    rows = uow.run(_SETTLE, id=letter, status=status, before=before)
    for (member,) in rows:
        what = "outreach.unsettled" if undo else "outreach.settled"
        audit.record(uow, who, what, f"letter {letter}", member=MemberId(integer(member)))
    return bool(rows)


def forget_old(uow: UnitOfWork, *, older_than: timedelta) -> None:
    """Delete what was written long ago, except what waits for somebody."""
    uow.run(_FORGET, before=micros(uow.clock.now() - older_than))

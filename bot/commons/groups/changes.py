"""What events tell about a group: applied when they follow on what we have, else asked for.

Events get lost and overtake each other. Each tells the version of the list of members before
and after it: only when ours is the one before may its people be applied (path/92130, 2026-07).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from bot.commons.groups.applying import ENTER, LAG, NEW, turn_of
from bot.commons.groups.erased import Erased
from bot.kernel.customers import JoinScene, LeaveHow, Someone
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import micros

_VERSION = Statement("SELECT version FROM customer_groups WHERE chat_id = :chat")
_EXPECT = Statement(
    "UPDATE customer_groups SET revision = revision + 1, lags_until = :lags,"
    " wanted = CASE WHEN wanted = '' AND lags_until > :now THEN '' ELSE :wanted END"
    " WHERE chat_id = :chat"
)
_DUE = Statement(
    "UPDATE customer_groups SET due_at = :due"
    " WHERE chat_id = :chat AND (due_at IS NULL OR due_at > :due)"
)
_FOLLOWED = Statement("UPDATE customer_groups SET version = :version WHERE chat_id = :chat")
_LEAVES = Statement(
    "UPDATE group_members SET left_at = :at, left_how = :how WHERE chat_id = :chat"
    " AND identity = :identity AND left_at IS NULL AND joined_at <= :at"
)
_EXPLAINS = Statement(
    "UPDATE group_members SET left_at = :at, left_how = :how WHERE chat_id = :chat"
    " AND identity = :identity AND left_how = 'unknown' AND joined_at <= :at AND left_at >= :at"
)
_ENDS = Statement(
    "UPDATE customer_groups SET status = 'dismissed', ended_at = COALESCE(ended_at, :at),"
    " ended_how = CASE WHEN status = 'dismissed' THEN ended_how ELSE :how END,"
    " revision = revision + 1, due_at = NULL, wanted = '', lags_until = NULL, tries = 0,"
    " error = '' WHERE chat_id = :chat"
)
_ALL_LEAVE = Statement(
    "UPDATE group_members SET left_at = :at, left_how = 'dismissed'"
    " WHERE chat_id = :chat AND left_at IS NULL"
)


@dataclass(frozen=True, slots=True)
class Change:
    """People who came or went in one event, and the versions of the list around it."""

    chat_id: str
    people: Sequence[Someone]
    at: datetime
    before: str = ""
    after: str = ""


class _Place(Enum):
    KNOWN = auto()
    """We have the list after it already."""
    NEXT = auto()
    """We have the list before it."""
    GAP = auto()


def joined(uow: UnitOfWork, change: Change, scene: JoinScene) -> bool:
    """Note who came; return False when the platform has to be asked at once.

    An event tells neither names nor who invited them, so the group is asked for a little later
    all the same, once for a whole burst.
    """
    place = _place(uow, change)
    if place is _Place.NEXT:
        erased = Erased(uow)
        for one in change.people:
            if one.identity not in erased:
                _enter(uow, change, one, scene)
        uow.run(_FOLLOWED, chat=change.chat_id, version=change.after)
    if place is not _Place.KNOWN:
        _expect(uow, change)
        _make_due(uow, change.chat_id, at_once=place is _Place.GAP)
    return place is not _Place.GAP


def left(uow: UnitOfWork, change: Change, how: LeaveHow) -> bool:
    """Note who went; return False when the platform has to be asked at once.

    Whoever is still there, although she came before, has left whatever the version: the event
    alone knows how and when.
    """
    place = _place(uow, change)
    for one in change.people:
        values = {"chat": change.chat_id, "identity": one.identity, "at": micros(change.at)}
        uow.run(_EXPLAINS, how=how.value, **values)
        if place is not _Place.KNOWN:
            uow.run(_LEAVES, how=how.value, **values)
    if place is _Place.NEXT:
        uow.run(_FOLLOWED, chat=change.chat_id, version=change.after)
    if place is not _Place.KNOWN:
        _expect(uow, change)
    if place is _Place.GAP:
        _make_due(uow, change.chat_id, at_once=True)
    return place is not _Place.GAP


def touched(uow: UnitOfWork, chat_id: str) -> None:
    """Have a group asked for as soon as the answer is sure to be of after now."""
    uow.take_turns({turn_of(chat_id)})
    uow.run(NEW, chat=chat_id, now=micros(uow.clock.now()))
    _expect(uow, Change(chat_id, (), uow.clock.now()))
    _make_due(uow, chat_id, at_once=False)


def dismissed(uow: UnitOfWork, chat_id: str, at: datetime, how: str) -> None:
    """Note that a group is no more; everybody in it has left with it."""
    uow.take_turns({turn_of(chat_id)})
    uow.run(NEW, chat=chat_id, now=micros(uow.clock.now()))
    uow.run(_ENDS, chat=chat_id, at=micros(at), how=how)
    uow.run(_ALL_LEAVE, chat=chat_id, at=micros(at))


def _place(uow: UnitOfWork, change: Change) -> _Place:
    uow.take_turns({turn_of(change.chat_id)})
    uow.run(NEW, chat=change.chat_id, now=micros(uow.clock.now()))
    version = uow.run(_VERSION, chat=change.chat_id)[0][0]
    if not version or not change.after:
        return _Place.GAP
    if version == change.after:
        return _Place.KNOWN
    return _Place.NEXT if version == change.before and change.people else _Place.GAP


def _enter(uow: UnitOfWork, change: Change, one: Someone, scene: JoinScene) -> None:
    uow.run(
        ENTER,
        chat=change.chat_id,
        identity=one.identity,
        kind=2 if one.is_customer else 1,
        joined=micros(change.at),
        scene=scene.value,
        inviter="",
        state="",
        nickname="",
        name="",
        union="",
        told=0,
    )


def _expect(uow: UnitOfWork, change: Change) -> None:
    """Believe no answer of before this change; one without a version is known by time only."""
    now = uow.clock.now()
    lags = micros(now + LAG)
    uow.run(_EXPECT, chat=change.chat_id, now=micros(now), wanted=change.after, lags=lags)


def _make_due(uow: UnitOfWork, chat_id: str, *, at_once: bool) -> None:
    now = uow.clock.now()
    uow.run(_DUE, chat=chat_id, due=micros(now if at_once else now + LAG))

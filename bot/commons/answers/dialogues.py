"""Keeps where a member stands, for half an hour, and when it is time for a human."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer, micros

LIVES = timedelta(minutes=30)
MISSES_WITHIN = timedelta(minutes=10)
PATIENCE = 2
"""So often in `MISSES_WITHIN` she is not understood before a human is asked."""

_FIND = Statement(
    "SELECT room, state FROM answer_dialogues WHERE member_id = :member AND at > :since"
)
_KEEP = Statement(
    "INSERT INTO answer_dialogues (member_id, room, state, at, misses, missed_at)"
    " VALUES (:member, :room, :state, :now, 0, 0) ON CONFLICT (member_id) DO UPDATE SET"
    " room = excluded.room, state = excluded.state, at = excluded.at"
)
_MISS = Statement(
    "INSERT INTO answer_dialogues (member_id, room, state, at, misses, missed_at)"
    " VALUES (:member, '', '{}', :now, 1, :now) ON CONFLICT (member_id) DO UPDATE SET"
    " misses = CASE WHEN answer_dialogues.missed_at > :since"
    " THEN answer_dialogues.misses + 1 ELSE 1 END, missed_at = excluded.missed_at"
    " RETURNING misses"
)
_LOST = Statement(
    "SELECT 1 FROM answer_dialogues WHERE member_id = :member AND misses > 0 AND missed_at > :since"
)
_UNDERSTOOD = Statement("UPDATE answer_dialogues SET misses = 0 WHERE member_id = :member")
_END = Statement(
    "UPDATE answer_dialogues SET room = '', state = '{}', misses = 0 WHERE member_id = :member"
)
_CLOSE = Statement(
    "UPDATE answer_dialogues SET room = '', state = '{}' WHERE member_id = :member AND room = :room"
)
_FORGET = Statement("DELETE FROM answer_dialogues WHERE at < :before AND missed_at < :before")


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Where a member stands."""

    room: str
    state: Mapping[str, Any]


def dialogue_of(uow: UnitOfWork, member: MemberId, room: str) -> Dialogue | None:
    """Return where a member stands with `room`; None when it waits for nothing of hers."""
    since = micros(uow.clock.now() - LIVES)
    for found, state in uow.run(_FIND, member=member, since=since):
        if found == room:
            return Dialogue(room, json.loads(str(state)))
    return None


def keep(uow: UnitOfWork, member: MemberId, room: str, state: Mapping[str, Any]) -> None:
    """Keep where a member stands now; what another room waited for is over."""
    said = json.dumps(state, ensure_ascii=False)
    uow.run(_KEEP, member=member, room=room, state=said, now=micros(uow.clock.now()))


def miss(uow: UnitOfWork, member: MemberId) -> bool:
    """Note that a member was not understood; return True when it is time for a human."""
    now = uow.clock.now()
    since = micros(now - MISSES_WITHIN)
    rows = uow.run(_MISS, member=member, now=micros(now), since=since)
    return integer(rows[0][0]) >= PATIENCE


def is_lost(uow: UnitOfWork, member: MemberId) -> bool:
    """Return True while what a member said a moment ago was not understood."""
    since = micros(uow.clock.now() - MISSES_WITHIN)
    return bool(uow.run(_LOST, member=member, since=since))


def understood(uow: UnitOfWork, member: MemberId) -> None:
    """Note that a member was understood."""
    uow.run(_UNDERSTOOD, member=member)


def close(uow: UnitOfWork, member: MemberId, room: str) -> None:
    """Wait for nothing of hers that belongs to `room`; what another waits for goes on."""
    uow.run(_CLOSE, member=member, room=room)


def end(uow: UnitOfWork, member: MemberId) -> None:
    """Wait for nothing of hers any more, and begin to count anew."""
    uow.run(_END, member=member)


def forget_old(uow: UnitOfWork) -> None:
    """Delete what has been over for a day."""
    uow.run(_FORGET, before=micros(uow.clock.now() - timedelta(days=1)))

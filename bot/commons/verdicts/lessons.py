"""What people have said of messages and chats, for the training of the detector."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, micros

_LEARN = Statement(
    "INSERT INTO detector_lessons (member_id, key, source, turns, escalate, who, at)"
    " VALUES (:member, :key, :source, :turns, :escalate, :who, :now)"
    " ON CONFLICT (key) DO UPDATE SET escalate = excluded.escalate, turns = excluded.turns,"
    " who = excluded.who, at = excluded.at"
)
_FORGET = Statement("DELETE FROM detector_lessons WHERE key = :key")
_ALL = Statement("SELECT key, source, turns, escalate, who, at FROM detector_lessons ORDER BY id")

Turns = Sequence[Mapping[str, str]]
"""`role` (`user`, `agent`) and `text`, the oldest first."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a person has said of a message or a chat."""

    key: str
    source: str
    turns: Turns
    escalate: bool
    who: str
    at: datetime


def learn(
    uow: UnitOfWork, member: MemberId, key: str, turns: Turns, *, escalate: bool, who: str
) -> None:
    """Keep what somebody says of a member's words; it replaces what was said of them before.

    `key` is where they are from and their number there: `doubt:7`.
    """
    uow.run(
        _LEARN,
        member=member,
        key=key,
        source=key.partition(":")[0],
        turns=json.dumps([dict(turn) for turn in turns], ensure_ascii=False),
        escalate=int(escalate),
        who=who,
        now=micros(uow.clock.now()),
    )


def unlearn(uow: UnitOfWork, key: str) -> None:
    """Take back what was said of it."""
    uow.run(_FORGET, key=key)


def lessons(uow: UnitOfWork) -> Sequence[Lesson]:
    """Return all that was said, in the order in which it was first."""
    found = uow.run(_ALL)
    return [
        Lesson(str(key), str(source), json.loads(str(turns)), bool(yes), str(who), instant(at))
        for key, source, turns, yes, who, at in found
    ]

"""Writes updates down, and hands them on one by one.

What `accept` has returned for survives a crash, and is handled at least once and has its
effect exactly once: the update is marked done in the transaction that has the effect.
"""

import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.kernel import crash
from bot.kernel.ids import InboxId
from bot.kernel.messages import Update, update_json
from bot.kernel.ports import Accepted, Work
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

MAX_TRIES = 3
BACK_OFF_S = (2, 10)
_ERROR_CHARS = 8000

_PUT = Statement(
    "INSERT INTO inbox (channel, key, conversation, kind, sender, payload, sent_at,"
    " received_at, status, tries, due_at)"
    " VALUES (:channel, :key, :conversation, :kind, :sender, :payload, :sent_at,"
    " :now, 'waiting', 0, :now)"
    " ON CONFLICT (channel, key) DO NOTHING RETURNING id"
)
_TAKE = Statement(
    "UPDATE inbox SET status = 'done', done_at = :now"
    " WHERE id = (SELECT id FROM inbox WHERE conversation = :conversation"
    " AND status = 'waiting' ORDER BY id LIMIT 1)"
    " AND status = 'waiting' AND due_at <= :now RETURNING id, payload, tries"
)
_NEXT = Statement(
    "SELECT due_at FROM inbox WHERE conversation = :conversation AND status = 'waiting'"
    " ORDER BY id LIMIT 1"
)
_FAILED = Statement(
    "UPDATE inbox SET status = :status, tries = tries + 1, due_at = :due_at, error = :error,"
    " done_at = NULL WHERE id = :id AND status = 'waiting' RETURNING tries"
)
DUE = Statement(
    "SELECT conversation FROM inbox AS head WHERE status = 'waiting' AND due_at <= :now"
    " AND NOT EXISTS (SELECT 1 FROM inbox AS older WHERE older.conversation = head.conversation"
    " AND older.status = 'waiting' AND older.id < head.id) LIMIT 2000"
)
"""Conversations whose oldest update is due; a failing one holds back those behind it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An update on its way to its handler, and when the next of its conversation is due."""

    id: InboxId
    update: Update
    tries: int


def put(uow: UnitOfWork, updates: Sequence[Update]) -> list[Accepted]:
    """Write updates down; a known (channel, key) is a repeat and changes nothing."""
    now = micros(uow.clock.now())
    accepted = []
    for update in updates:
        rows = uow.run(
            _PUT,
            channel=update.channel,
            key=update.key,
            conversation=update.conversation,
            kind=update.kind,
            sender=update.sender,
            payload=update_json.dump_json(update, exclude_defaults=True).decode(),
            sent_at=micros(update.at),
            now=now,
        )
        if rows:
            uow.wake("in:" + update.conversation)
        accepted.append(Accepted(InboxId(integer(rows[0][0])) if rows else None, update))
    crash.step("inbox.written")
    return accepted


class Inbox:
    """The kernel's `Accept` on a `Work`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def accept(self, updates: Sequence[Update]) -> Sequence[Accepted]:
        """Write updates down in one transaction; returns after the commit."""
        return await self._work.do(lambda uow: put(uow, updates))


def take(uow: UnitOfWork, conversation: str) -> Taken | None:
    """Mark the conversation's oldest update done and return it; None when none is due.

    Raise after this, and the mark is undone with everything else.
    """
    rows = uow.run(_TAKE, conversation=conversation, now=micros(uow.clock.now()))
    if not rows:
        return None
    number, payload, tries = rows[0]
    return Taken(InboxId(integer(number)), update_json.validate_json(str(payload)), integer(tries))


def wait_s(uow: UnitOfWork, conversation: str) -> float | None:
    """Return the seconds until the conversation's next update is due; None when it is empty."""
    rows = uow.run(_NEXT, conversation=conversation)
    if not rows:
        return None
    return max(0.0, (instant(rows[0][0]) - uow.clock.now()).total_seconds())


def record_failure(uow: UnitOfWork, taken: Taken, error: BaseException) -> bool:
    """Count a failed try: later again, or parked after the third. Returns True when parked."""
    parked = taken.tries + 1 >= MAX_TRIES
    delay_s = 0 if parked else BACK_OFF_S[taken.tries]
    uow.run(
        _FAILED,
        id=taken.id,
        status="parked" if parked else "waiting",
        due_at=micros(uow.clock.now() + timedelta(seconds=delay_s)),
        error="".join(traceback.format_exception(error))[-_ERROR_CHARS:],
    )
    return parked

"""The trip as an operator sees and mends it; implements the kernel's `PipelineDesk`."""

from collections.abc import Sequence
from datetime import datetime

from bot.commons import audit
from bot.kernel.desk import (
    InboxSummary,
    LaneSummary,
    ParkedMessage,
    ParkedUpdate,
    Rest,
    Shelf,
    Summary,
)
from bot.kernel.messages import part_json
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.pipeline import outbox, rests
from bot.storage.columns import instant, integer, micros

_NEVER = 2**62

_INBOX = Statement("SELECT count(*), min(due_at) FROM inbox WHERE status = 'waiting'")
_INBOX_PARKED = Statement("SELECT count(*) FROM inbox WHERE status = 'parked'")
_LANES = Statement(
    "SELECT channel, lane, status, count(*), min(due_at) FROM outbox"
    " WHERE status IN ('queued', 'sending') GROUP BY channel, lane, status"
)
_STUCK = Statement(
    "SELECT channel, lane, status, count(*), min(due_at) FROM outbox"
    " WHERE status IN ('parked', 'maybe') GROUP BY channel, lane, status"
)
_RESTS = Statement("SELECT scope, until, reason FROM pauses WHERE until > :now")

_INBOX_SHELF = Statement(
    "SELECT id, channel, kind, conversation, received_at, tries, error FROM inbox"
    " WHERE status = :status AND payload <> '' AND (:channel = '' OR channel = :channel)"
    " AND id < :before ORDER BY id DESC LIMIT :most"
)
_OUTBOX_SHELVES = {
    shelf: Statement(
        "SELECT id, channel, lane, recipient, why, status, created_at, tries, error, error_code"
        f" FROM outbox WHERE {holds}"
        " AND (:channel = '' OR channel = :channel) AND id < :before ORDER BY id DESC LIMIT :most"
    )
    for shelf, holds in (
        (Shelf.PARKED, "status IN ('parked', 'maybe')"),
        (Shelf.DROPPED, "status = 'dropped' AND payload <> ''"),
    )
}

_RETRY_INBOX = Statement(
    "UPDATE inbox SET status = 'waiting', tries = 0, due_at = :now"
    " WHERE id = :id AND status = 'parked' RETURNING conversation"
)
_MOVE_INBOX = Statement(
    "UPDATE inbox SET status = :to WHERE id = :id AND status = :from AND payload <> ''"
    " RETURNING id"  # without words it belongs to somebody whose data was deleted
)
_RETRY_OUTBOX = Statement(
    "UPDATE outbox SET status = 'queued', tries = 0, doubt_since = NULL, due_at = :now"
    " WHERE id = :id AND status IN ('parked', 'maybe') RETURNING lane, channel"
)
_DROP_OUTBOX = Statement(
    "UPDATE outbox SET status = 'dropped' WHERE id = :id AND status IN ('parked', 'maybe')"
    " RETURNING id"
)
_RESTORE_OUTBOX = Statement(
    "UPDATE outbox SET status = 'parked' WHERE id = :id AND status = 'dropped'"
    " AND payload <> '' RETURNING id"
)
_RESUME = Statement("DELETE FROM pauses WHERE scope IN (:lane, :channel)")
_HURRY = Statement(
    f"UPDATE outbox SET due_at = :now WHERE channel = :channel AND {outbox.PENDING}"
    " AND status = 'queued' AND due_at > :now"
)
OLDEST_OUTBOX = Statement(
    "SELECT min(due_at) FROM outbox WHERE status IN ('queued', 'sending') AND due_at <= :now"
    " AND NOT EXISTS (SELECT 1 FROM pauses WHERE scope IN (outbox.channel, outbox.lane)"
    " AND until > :now)"
)
"""A channel or lane that rests keeps nobody from being ready: another replica could not send
either, and the other channels go on."""


class Desk:
    """Reads and changes the two books for an operator; every change leaves an audit row."""

    def __init__(self, channels: Sequence[str]) -> None:
        self._channels = tuple(channels)

    def channels(self, _uow: UnitOfWork) -> Sequence[str]:
        """Return the names of the configured channels."""
        return self._channels

    def summary(self, uow: UnitOfWork) -> Summary:
        """Return the state of the trip."""
        now = uow.clock.now()
        waiting, oldest = uow.run(_INBOX)[0]
        parked = uow.run(_INBOX_PARKED)[0][0]
        outbox_oldest = uow.run(OLDEST_OUTBOX, now=micros(now))[0][0]
        inbox = InboxSummary(integer(waiting), integer(parked), _age_s(oldest, now))
        return Summary(inbox, self._lanes(uow, now), _age_s(outbox_oldest, now))

    def _lanes(self, uow: UnitOfWork, now: datetime) -> list[LaneSummary]:
        counts: dict[tuple[str, str], dict[str, int]] = {}
        for channel, lane, status, count, _due in (*uow.run(_LANES), *uow.run(_STUCK)):
            counts.setdefault((str(channel), str(lane)), {})[str(status)] = integer(count)
        pauses = {str(row[0]): row for row in uow.run(_RESTS, now=micros(now))}
        for scope in pauses:
            if not any(scope in key for key in counts):
                counts[scope.partition(":")[0], scope] = {}
        return [
            _lane(channel, lane, by_status, pauses.get(lane) or pauses.get(channel))
            for (channel, lane), by_status in sorted(counts.items())
        ]

    def rests(self, uow: UnitOfWork) -> Sequence[Rest]:
        """Return what rests now; what only an operator can end first."""
        return rests.resting(uow)

    def resume(self, uow: UnitOfWork, scope: str, who: str) -> bool:
        """Let a channel or a lane send again; False when it does not rest any more."""
        return rests.resume(uow, scope, who)

    def inbox_shelf(
        self,
        uow: UnitOfWork,
        shelf: Shelf,
        *,
        channel: str | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> Sequence[ParkedUpdate]:
        """Return updates that stopped moving."""
        rows = uow.run(
            _INBOX_SHELF,
            status=shelf.value,
            channel=channel or "",
            before=before or _NEVER,
            most=limit,
        )
        return [
            ParkedUpdate(
                integer(row[0]),
                str(row[1]),
                str(row[2]),
                str(row[3]),
                instant(row[4]),
                integer(row[5]),
                str(row[6] or ""),
            )
            for row in rows
        ]

    def outbox_shelf(
        self,
        uow: UnitOfWork,
        shelf: Shelf,
        *,
        channel: str | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> Sequence[ParkedMessage]:
        """Return messages that stopped moving; parked ones and ambiguous ones together."""
        rows = uow.run(
            _OUTBOX_SHELVES[shelf],
            channel=channel or "",
            before=before or _NEVER,
            most=limit,
        )
        return [_message(row) for row in rows]

    def retry_inbox(self, uow: UnitOfWork, item: int, who: str) -> bool:
        """Handle a parked update again from its first try."""
        rows = uow.run(_RETRY_INBOX, id=item, now=micros(uow.clock.now()))
        for (conversation,) in rows:
            uow.wake(f"in:{conversation}")
        return _noted(uow, rows, who, "inbox.retry", item)

    def drop_inbox(self, uow: UnitOfWork, item: int, who: str) -> bool:
        """Decide that a parked update needs no answer any more."""
        return self._move(uow, item, who, "parked", "dropped")

    def restore_inbox(self, uow: UnitOfWork, item: int, who: str) -> bool:
        """Put a dropped update back among the parked ones; never one that was erased."""
        return self._move(uow, item, who, "dropped", "parked")

    @staticmethod
    def _move(uow: UnitOfWork, item: int, who: str, start: str, to: str) -> bool:
        rows = uow.run(_MOVE_INBOX, **{"id": item, "from": start, "to": to})
        return _noted(uow, rows, who, f"inbox.{to}", item)

    def retry_outbox(self, uow: UnitOfWork, item: int, who: str) -> bool:
        """Send a parked or ambiguous message again from its first try; ends its lane's rest."""
        rows = uow.run(_RETRY_OUTBOX, id=item, now=micros(uow.clock.now()))
        for lane, channel in rows:
            uow.run(_RESUME, lane=lane, channel=channel)
            uow.run(_HURRY, channel=channel, now=micros(uow.clock.now()))
            uow.wake(f"out:{lane}")
        return _noted(uow, rows, who, "outbox.retry", item)

    def drop_outbox(self, uow: UnitOfWork, item: int, who: str) -> bool:
        """Decide that a parked or ambiguous message shall not be sent any more."""
        return _noted(uow, uow.run(_DROP_OUTBOX, id=item), who, "outbox.dropped", item)

    def restore_outbox(self, uow: UnitOfWork, item: int, who: str) -> bool:
        """Put a dropped message back among the parked ones; never one that was erased."""
        return _noted(uow, uow.run(_RESTORE_OUTBOX, id=item), who, "outbox.parked", item)


def oldest_due_s(uow: UnitOfWork) -> float:
    """Return how long the oldest due update or message has been waiting, in seconds."""
    now = uow.clock.now()
    leaving = uow.run(OLDEST_OUTBOX, now=micros(now))[0][0]
    return max(_age_s(uow.run(_INBOX)[0][1], now), _age_s(leaving, now))


def _age_s(due_at: object, now: datetime) -> float:
    return 0.0 if due_at is None else max(0.0, (now - instant(due_at)).total_seconds())


def _lane(channel: str, lane: str, counts: dict[str, int], rest: Row | None) -> LaneSummary:
    return LaneSummary(
        channel,
        lane,
        **counts,
        rests_until=instant(rest[1]) if rest else None,
        rests_because=str(rest[2]) if rest else "",
    )


def _message(row: Row) -> ParkedMessage:
    return ParkedMessage(
        id=integer(row[0]),
        channel=str(row[1]),
        lane=str(row[2]),
        recipient=str(row[3]),
        why=str(row[4]),
        maybe=row[5] == "maybe",
        created_at=instant(row[6]),
        tries=integer(row[7]),
        error=str(row[8] or ""),
        error_code=integer(row[9]),
    )


def _noted(uow: UnitOfWork, rows: Sequence[Row], who: str, what: str, item: int) -> bool:
    if rows:
        audit.record(uow, who, what, f"item {item}")
    return bool(rows)


_OUTGOING = Statement(
    "SELECT id, key, channel, recipient, payload, why, status, created_at, sent_at, note, error,"
    " platform_id FROM outbox WHERE (:channel = '' OR channel = :channel)"
    " ORDER BY id DESC LIMIT :most"
)


def sent_messages(
    uow: UnitOfWork, channel: str | None, *, most: int = 200
) -> list[dict[str, object]]:
    """Return what the bot said, newest first, as the simulator's page shows it."""
    return [_told(row) for row in uow.run(_OUTGOING, channel=channel or "", most=most) if row[4]]


def _told(row: Row) -> dict[str, object]:
    part = outbox.outgoing_json.validate_json(str(row[4])).part
    return {
        "id": row[0],
        "key": row[1],
        "channel": row[2],
        "recipient": row[3],
        "kind": part.kind,
        "text": getattr(part, "text", "") or getattr(part, "title", ""),
        "part": part_json.dump_python(part, mode="json"),
        "why": row[5],
        "status": row[6],
        "created_at": instant(row[7]).isoformat(),
        "sent_at": None if row[8] is None else instant(row[8]).isoformat(),
        "note": row[9],
        "error": row[10],
        "platform_id": row[11],
    }

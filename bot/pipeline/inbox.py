"""Writes updates down, and hands them on one by one.

What `accept` has returned for survives a crash, and is handled at least once and has its
effect exactly once: the update is marked done in the transaction that has the effect.
"""

import asyncio
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from itertools import islice

import structlog

from bot.kernel import crash
from bot.kernel.errors import CannotStore
from bot.kernel.events import MediaArrived
from bot.kernel.ids import ChannelName, InboxId, trace_of
from bot.kernel.messages import Update, UpdateKind, update_json
from bot.kernel.metrics import UNHEARD
from bot.kernel.ports import Accepted, Work
from bot.kernel.work import Statement, UnitOfWork
from bot.pipeline.afterwards import take_back
from bot.storage.columns import instant, integer, micros

log = structlog.get_logger(__name__)

_OF_PLATFORMS = frozenset({UpdateKind.EVENT, UpdateKind.UNKNOWN})
_LOADED = frozenset({UpdateKind.IMAGE, UpdateKind.VOICE, UpdateKind.VIDEO, UpdateKind.FILE})
_NO_TIME = datetime.fromtimestamp(0, UTC)

MAX_TRIES = 3
BACK_OFF_S = (2, 10)
_ERROR_CHARS = 8000
_TOGETHER = 256

Answered = Callable[[Update], bool]
"""Tells whether any room answers an update."""

Told = Callable[[str, InboxId, Update], None]
"""Hears, after the commit, of an update that is new in its conversation."""

Unreadable = Callable[[UnitOfWork, InboxId, str], None]
"""Hears of an update that another version wrote and this one can't read; of its channel, too."""

_PUT = Statement(
    "INSERT INTO inbox (channel, key, conversation, kind, sender, payload, sent_at,"
    " received_at, status, tries, due_at, done_at)"
    " VALUES (:channel, :key, :conversation, :kind, :sender, :payload, :sent_at,"
    " :now, :status, 0, :now, :done_at)"
    " ON CONFLICT (channel, key) DO NOTHING RETURNING id"
)
_OLDEST = Statement(
    "SELECT id, payload, tries, due_at FROM inbox WHERE conversation = :conversation"
    " AND status = 'waiting' ORDER BY id LIMIT 2"
)
_DONE = Statement(
    "UPDATE inbox SET status = 'done', done_at = :now"
    " WHERE id = :id AND status = 'waiting' RETURNING 1"
)
_DONE_ALONE = Statement(
    "UPDATE inbox SET status = 'done', done_at = :now"
    " WHERE id = :id AND status = 'waiting' AND tries = 0 AND due_at <= :now AND payload <> ''"
    " AND NOT EXISTS (SELECT 1 FROM inbox AS other WHERE other.conversation = :conversation"
    " AND other.status = 'waiting' AND other.id <> :id) RETURNING 1"
)
_FORGET_WORDS = Statement("UPDATE inbox SET payload = '', conversation = '' WHERE id = :id")
_NEXT = Statement(
    "SELECT due_at FROM inbox WHERE conversation = :conversation AND status = 'waiting'"
    " ORDER BY id LIMIT 1"
)
_FAILED = Statement(
    "UPDATE inbox SET status = :status, tries = tries + 1, due_at = :due_at, error = :error,"
    " done_at = NULL WHERE id = :id AND status = 'waiting' RETURNING tries"
)
_UNREADABLE = Statement(
    "UPDATE inbox SET status = 'parked', error = :error, done_at = NULL WHERE id = :id"
    " RETURNING channel"
)
_HEARD = Statement(
    "SELECT payload FROM inbox WHERE channel = :channel AND sender = :sender AND payload <> ''"
    " ORDER BY id DESC LIMIT 20"
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
    next_due_at: datetime | None


def put(
    uow: UnitOfWork,
    updates: Sequence[Update],
    answered: Answered = lambda _update: True,
    told: Told = lambda _conversation, _item, _update: None,
) -> list[Accepted]:
    """Write updates down; a known (channel, key) is a repeat and changes nothing.

    What nobody answers, most of the talk in a group, is written down as done. Two replicas
    take turns with a conversation: else the row with the higher id could be there first, be
    handled, and be answered before the other.
    """
    now = micros(uow.clock.now())
    uow.take_turns({f"in:{update.conversation}" for update in updates})
    accepted = []
    for update in updates:
        waits = answered(update)
        rows = uow.run(
            _PUT,
            channel=update.channel,
            key=update.key,
            conversation=update.conversation,
            kind=update.kind,
            sender=update.sender or update.about or None,
            payload=update_json.dump_json(update, exclude_defaults=True).decode(),
            sent_at=micros(update.at),
            now=now,
            status="waiting" if waits else "done",
            done_at=None if waits else now,
        )
        if rows and waits:
            item = InboxId(integer(rows[0][0]))
            uow.after_commit(partial(told, update.conversation, item, update))
            uow.wake("in:" + update.conversation)
        if update.changes is not None:  # at once: what it takes back may wait for its handler
            take_back(uow, update)
        if rows and (update.media or update.quoted):
            uow.publish(MediaArrived(InboxId(integer(rows[0][0])), update))
        if rows and not waits and update.kind in _OF_PLATFORMS:
            uow.after_commit(partial(_leave_alone, update))
        if missing := _missing(update):
            uow.after_commit(partial(_say_incomplete, update.channel, update.kind, missing))
        accepted.append(Accepted(InboxId(integer(rows[0][0])) if rows else None, update))
    crash.step("inbox.written")
    return accepted


def _leave_alone(update: Update) -> None:
    UNHEARD.labels(update.channel).inc()
    _say_once(update.channel, update.kind, update.event or update.extra.get("msgtype", ""))


@lru_cache(maxsize=500)
def _say_once(channel: str, kind: str, name: str) -> None:
    """Log a kind of event that no room knows; called once for each, because it is remembered."""
    log.warning("inbox.unheard", channel=channel, kind=kind, event_name=name[:64])


def _missing(update: Update) -> str:
    """Return what an update should say and does not; empty for nearly all."""
    if update.at == _NO_TIME:
        return "time"
    if update.kind in _OF_PLATFORMS:
        return ""
    if not update.sender:
        return "sender"
    if update.kind in _LOADED and not update.media:
        return "media"
    if update.kind is UpdateKind.TEXT and not (update.text or update.media):
        return "text"
    return ""


@lru_cache(maxsize=500)
def _say_incomplete(channel: str, kind: str, missing: str) -> None:
    """Log that a platform said less than its pages promise; once for each kind."""
    log.warning("inbox.incomplete", channel=channel, kind=kind, missing=missing)


class Inbox:
    """The kernel's `Accept` on a `Work`.

    What arrives while the last updates are being written goes into the next unit of work
    together: an update then costs an insert, not a unit of its own.
    """

    def __init__(self, work: Work, answered: Answered, told: Told) -> None:
        self._work = work
        self._answered = answered
        self._told = told
        self._arrived: list[_Arrival] = []
        self._writing: asyncio.Task[None] | None = None

    async def accept(self, updates: Sequence[Update]) -> Sequence[Accepted]:
        """Write updates down in one transaction; returns after the commit."""
        arrival = _Arrival(updates, asyncio.get_running_loop().create_future())
        self._arrived.append(arrival)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return await arrival.accepted

    async def _write(self) -> None:
        while self._arrived:
            together, self._arrived = self._arrived[:_TOGETHER], self._arrived[_TOGETHER:]
            await self._put(together)

    async def _put(self, arrivals: Sequence["_Arrival"]) -> None:
        updates = [update for arrival in arrivals for update in arrival.updates]
        try:
            accepted = await self._work.do(
                lambda uow: put(uow, updates, self._answered, self._told)
            )
        except Exception as exc:  # noqa: BLE001 - everybody who waits hears of it
            if len(arrivals) == 1 or isinstance(exc, CannotStore):
                for arrival in arrivals:
                    arrival.refuse(exc)
            else:  # one that can't be written must not take the others along
                for arrival in arrivals:
                    await self._put([arrival])
        else:
            kept = iter(accepted)
            for arrival in arrivals:
                arrival.answer(list(islice(kept, len(arrival.updates))))
            traces = [trace_of(one.id) for one in accepted if one.id is not None]
            log.info("inbox.accepted", traces=traces, repeats=len(accepted) - len(traces))


@dataclass(frozen=True, slots=True)
class _Arrival:
    """The updates of one callback, and who waits for them to be on disk."""

    updates: Sequence[Update]
    accepted: "asyncio.Future[Sequence[Accepted]]"

    def answer(self, kept: Sequence[Accepted]) -> None:
        if not self.accepted.done():  # whoever asked may have given up
            self.accepted.set_result(kept)

    def refuse(self, error: Exception) -> None:
        if not self.accepted.done():
            self.accepted.set_exception(error)


def take(
    uow: UnitOfWork,
    conversation: str,
    unreadable: Unreadable,
    new: tuple[InboxId, Update] | None = None,
) -> Taken | None:
    """Mark the conversation's oldest update done and return it; None when none is due.

    Raise after this, and the mark is undone with everything else. An update that can't be
    read any more is parked, so that it holds back nobody, and `unreadable` hears of it. One that
    is `new` and waits alone is not read.
    """
    now = micros(uow.clock.now())
    if new and uow.run(_DONE_ALONE, id=new[0], conversation=conversation, now=now):
        return Taken(*new, 0, None)
    while rows := uow.run(_OLDEST, conversation=conversation):
        number, payload, tries, due_at = rows[0]
        if integer(due_at) > now:
            return None
        if not uow.run(_DONE, id=number, now=now):
            continue  # another replica had it
        try:
            update = update_json.validate_json(str(payload))
        except ValueError as exc:
            error = str(exc)[:_ERROR_CHARS]
            for (channel,) in uow.run(_UNREADABLE, id=number, error=error):
                unreadable(uow, InboxId(integer(number)), str(channel))
        else:
            next_due_at = instant(rows[1][3]) if len(rows) > 1 else None
            return Taken(InboxId(integer(number)), update, integer(tries), next_due_at)
    return None


def forget_words(uow: UnitOfWork, item: InboxId) -> None:
    """Keep of a handled update only that it was there: it may speak of people it is not from."""
    uow.run(_FORGET_WORDS, id=item)


def last_heard(uow: UnitOfWork, channel: ChannelName, identity: str) -> Update | None:
    """Return the latest update of an identity in a 1:1 chat; implements the kernel's `LastHeard`.

    What another version wrote and this one can't read is passed over.
    """
    for (payload,) in uow.run(_HEARD, channel=channel, sender=identity):
        try:
            update = update_json.validate_json(str(payload))
        except ValueError:
            continue
        if not update.in_group:
            return update
    return None


def wait_s(uow: UnitOfWork, conversation: str) -> float | None:
    """Return the seconds until the conversation's next update is due; None when it is empty."""
    rows = uow.run(_NEXT, conversation=conversation)
    return until_s(uow, instant(rows[0][0]) if rows else None)


def until_s(uow: UnitOfWork, due_at: datetime | None) -> float | None:
    """Return the seconds until an instant, 0 for a past one, None for none."""
    if due_at is None:
        return None
    return max(0.0, (due_at - uow.clock.now()).total_seconds())


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

"""Messages that wait to leave, in lanes. A lane is what a platform counts; it keeps order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

from pydantic import TypeAdapter

from bot.kernel.capability import Capability
from bot.kernel.errors import Ambiguous, PauseScope, PlatformError, RetryLater, Undeliverable
from bot.kernel.ids import ChannelName, InboxId, MemberId, OutboxId
from bot.kernel.messages import Outgoing, Receipt, Voice
from bot.kernel.ports import Limit
from bot.kernel.work import Statement, UnitOfWork
from bot.pipeline.alarm import Alarm
from bot.pipeline.budget import over_budget
from bot.storage.columns import instant, integer, micros

Lanes = Callable[[Outgoing], str]
"""Names the lane of a message, the channel included."""

Told = Callable[[str, OutboxId, Outgoing], None]
"""Hears, after the commit, of a message that is new in its lane and may leave at once."""

Fit = Callable[[Outgoing], Sequence[Outgoing]]
"""Makes of a message what its channel can show: most often itself, sometimes several."""

MAX_TRIES = 6
BACK_OFF_FACTOR = 2.0
LAST_WORDS = "last words"
"""The `why` of what is said to somebody whose data was deleted a moment ago."""
LEASE_S = 60.0
"""A message `sending` for longer than this belongs to a process that died; longer than any
time-out of a channel."""
LONGEST_DELAY_S = 300.0
"""Nothing waits for longer without being looked at again, whatever a platform asks for: what is
due later was written down before the clock was set back."""
UNTIL_RESUMED_S = 100 * 365 * 86400.0

_HUSHED = "a human has the conversation"
_DOUBTED = "an earlier try may have arrived, and the platform would not know a twin of it"
_UNLIMITED = 1_000_000
_LOOK_AGAIN_S = 60.0  # a long rest may end early, when an operator says so

outgoing_json: TypeAdapter[Outgoing] = TypeAdapter(Outgoing)

_OWNED = (
    "EXISTS (SELECT 1 FROM identities JOIN conversation_owners"
    " ON conversation_owners.member_id = identities.member_id"
    " WHERE identities.channel = CAST(:channel AS VARCHAR)"
    " AND identities.identity = CAST(:recipient AS VARCHAR))"
)
"""True while a human has the conversation of the recipient (`bot.commons.reception`)."""


_IS_OWNED = Statement(f"SELECT 1 WHERE {_OWNED}")


def _putting(status: str) -> Statement:
    return Statement(
        "INSERT INTO outbox (key, channel, lane, recipient, payload, why, member_id, inbox_id,"
        " status, tries, due_at, created_at, platform_id, handle, note, error_code)"
        " VALUES (:key, :channel, :lane, :recipient, :payload, :why, :member, :inbox_id,"
        f" {status}, 0, :due_at, :now, '', '', '', 0)"
        " ON CONFLICT (key) DO NOTHING RETURNING id, status"
    )


_PUT = _putting("'queued'")
_PUT_BY_BOT = _putting(f"CASE WHEN {_OWNED} THEN 'withdrawn' ELSE 'queued' END")
PENDING = "status IN ('queued', 'sending')"
"""What the partial index holds. SQLite uses it only for statements that say just this."""

_HEAD = Statement(
    "SELECT id, payload, status, doubt_since, tries, due_at, why,"
    " (SELECT max(until) FROM pauses WHERE scope IN (:lane, :channel) AND until > :now),"
    " (SELECT 1 FROM identities JOIN conversation_owners"
    " ON conversation_owners.member_id = identities.member_id"
    " WHERE identities.channel = outbox.channel AND identities.identity = outbox.recipient)"
    f" FROM outbox WHERE lane = :lane AND {PENDING} ORDER BY id LIMIT 1"
)
_CLAIM = Statement(
    "UPDATE outbox SET status = 'sending', claimed_at = :now"
    " WHERE id = :id AND status = 'queued' RETURNING 1"
)
# What was claimed before, perhaps by another replica, may be in doubt, or bear another key by now.
_CLAIM_ALONE_SQL = (
    "UPDATE outbox SET status = 'sending', claimed_at = :now"
    " WHERE id = :id AND status = 'queued' AND claimed_at IS NULL AND due_at <= :now"
    " AND payload <> ''"
    " AND NOT EXISTS (SELECT 1 FROM outbox AS other"
    f" WHERE other.lane = :lane AND other.{PENDING} AND other.id <> :id)"
    " AND NOT EXISTS (SELECT 1 FROM pauses WHERE scope IN (:lane, :channel) AND until > :now)"
    " AND NOT EXISTS (SELECT 1 FROM outbox AS earlier WHERE earlier.lane = :lane"
    " AND earlier.claimed_at > :since ORDER BY earlier.claimed_at DESC LIMIT 1 OFFSET :behind)"
)
_CLAIM_ALONE = Statement(f"{_CLAIM_ALONE_SQL} RETURNING 1")
_CLAIM_ALONE_BY_BOT = Statement(f"{_CLAIM_ALONE_SQL} AND NOT {_OWNED} RETURNING 1")
_OURS = Statement(
    "SELECT 1 FROM outbox WHERE id = :id AND status = 'sending' AND claimed_at = :at"
    " AND tries = :tries"
)
_REST = Statement("UPDATE outbox SET due_at = :due_at WHERE id = :id")
_PAUSE = Statement(
    "INSERT INTO pauses (scope, since, until, reason) VALUES (:scope, :since, :until, :reason)"
    " ON CONFLICT (scope) DO UPDATE SET since = excluded.since, until = excluded.until,"
    " reason = excluded.reason"
)
_COUNTED = Statement(
    "SELECT claimed_at FROM outbox WHERE lane = :lane AND claimed_at > :since"
    " ORDER BY claimed_at DESC LIMIT 1 OFFSET :behind"
)
_CLAIMED_AHEAD = Statement(
    "UPDATE outbox SET claimed_at = :now WHERE lane = :lane AND claimed_at > :now"
)
_SENT = Statement(
    "UPDATE outbox SET status = 'sent', sent_at = :now, platform_id = :platform_id,"
    " handle = :handle, note = :note, error = NULL"
    " WHERE id = :id AND payload <> ''"  # else her data was deleted meanwhile
)
_FORGET = Statement(
    "UPDATE outbox SET payload = '', recipient = '', lane = '',"
    " status = CASE status WHEN 'sent' THEN status ELSE 'dropped' END"
    f" WHERE id = :id AND why = '{LAST_WORDS}' RETURNING 1"
)
_POSTPONED = Statement(
    "UPDATE outbox SET status = 'queued', due_at = :due_at, tries = tries + :counted,"
    " doubt_since = :doubt_since, error = :error, error_code = :code"
    f" WHERE id = :id AND {PENDING}"  # else her data was deleted meanwhile
)
_ENDED = Statement(
    "UPDATE outbox SET status = :status, tries = tries + 1, error = :error, error_code = :code"
    f" WHERE id = :id AND {PENDING}"
)
_RECOVER = Statement(
    "UPDATE outbox SET status = 'queued', doubt_since = COALESCE(doubt_since, claimed_at)"
    f" WHERE {PENDING} AND status = 'sending' AND claimed_at <= :before RETURNING id"
)
DUE = Statement(
    f"SELECT lane FROM outbox AS head WHERE {PENDING} AND status = 'queued' AND due_at <= :now"
    " AND NOT EXISTS (SELECT 1 FROM outbox AS older WHERE older.lane = head.lane"
    f" AND older.{PENDING} AND older.id < head.id) LIMIT 2000"
)
"""Lanes whose oldest message is due."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that is ours to send now; the database knows that we try."""

    id: OutboxId
    outgoing: Outgoing
    tries: int
    at: datetime
    doubt_since: datetime | None
    """When the first try began of which nobody knows whether it arrived."""
    last_words: bool
    is_alone: bool = False
    """True when nothing waited behind it in its lane."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to send before so many seconds have passed."""

    seconds: float


def put(
    uow: UnitOfWork,
    outgoing: Sequence[Outgoing],
    lanes: Lanes,
    fit: Fit = lambda message: (message,),
    *,
    member: MemberId | None = None,
    last_words: bool = False,
    inbox_id: InboxId | None = None,
    hold_s: float = 0,
    told: Told | None = None,
) -> None:
    """Write messages down; a known key is the same message and changes nothing.

    Args:
        uow: the unit of work.
        outgoing: the messages.
        lanes: names their lanes.
        fit: makes of each what its channel can show.
        member: whom they are about, so that she can take them along and have them deleted.
        last_words: she was deleted just now: forget the message as soon as it is sent.
        inbox_id: the update that waits for this answer in the response to its callback.
        hold_s: how long the sender leaves the message to that response.
        told: hears of what may leave at once.
    """
    now = micros(uow.clock.now())
    for message in chain.from_iterable(map(fit, outgoing)):
        lane = lanes(message)
        written = uow.run(
            _PUT_BY_BOT if is_hushed_by_a_human(message) else _PUT,
            key=message.key,
            channel=message.channel,
            lane=lane,
            recipient=message.recipient,
            payload=outgoing_json.dump_json(message).decode(),
            why=LAST_WORDS if last_words else message.why,
            member=None if last_words else member,
            inbox_id=inbox_id,
            now=now,
            due_at=now + round(hold_s * 1e6),
        )
        if written and written[0][1] != "queued":
            continue
        if told and written and not (hold_s or last_words):
            uow.after_commit(partial(told, lane, OutboxId(integer(written[0][0])), message))
        uow.wake("out:" + lane)


def withdraw(uow: UnitOfWork, item: OutboxId, message: Outgoing) -> bool:
    """Take a message back that must not leave: a human has the conversation by now."""
    if not must_not_leave(uow, message):
        return False
    uow.run(_ENDED, id=item, status="withdrawn", error=_HUSHED, code=0)
    return True


def must_not_leave(uow: UnitOfWork, message: Outgoing) -> bool:
    """Return True while a human has the recipient's conversation, for what the bot says."""
    return is_hushed_by_a_human(message) and bool(
        uow.run(_IS_OWNED, channel=message.channel, recipient=message.recipient)
    )


def is_hushed_by_a_human(message: Outgoing) -> bool:
    """Return True for what must not leave while a human has the recipient's conversation.

    A ticket is given only when nobody has it at the platform.
    """
    return message.voice is Voice.BOT and not message.to_group and message.ticket is None


def claim(
    uow: UnitOfWork,
    lane: str,
    channel: ChannelName,
    limits: Sequence[Limit],
    *,
    reserve_s: Callable[[], float],
    drops_twins_s: float,
    alarm: Alarm,
    budget: Capability | None = None,
) -> Claimed | Wait | None:
    """Take the lane's oldest message, if the lane may send now.

    Args:
        uow: the unit of work.
        lane: the lane, the channel included.
        channel: the channel of the lane.
        limits: what its platform counts.
        reserve_s: counts one message of the channel, or returns the seconds to wait for that.
        drops_twins_s: how long after a doubtful try a message may be sent again.
        alarm: tells operators of messages that are left to them.
        budget: the record of a channel that counts answers; None costs nothing.
    """
    now = uow.clock.now()
    while rows := uow.run(_HEAD, lane=lane, channel=channel, now=micros(now)):
        number, payload, status, doubted, tries, due_at, why, paused_until, owned = rows[0]
        if status == "sending":
            return None  # another process has it, or had it: `recover` finds out
        try:
            message = outgoing_json.validate_json(str(payload))
        except ValueError as exc:  # written by another version: it must not block the lane
            uow.run(_ENDED, id=number, status="parked", error=str(exc), code=0)
            alarm.message_unreadable(uow, OutboxId(integer(number)), channel)
            continue
        since = None if doubted is None else instant(doubted)
        if owned and is_hushed_by_a_human(message):
            uow.run(_ENDED, id=number, status="withdrawn", error=_HUSHED, code=0)
            continue
        last = why == LAST_WORDS
        claimed = Claimed(OutboxId(integer(number)), message, integer(tries), now, since, last)
        if (wait_s := (instant(due_at) - now).total_seconds()) > 0:
            return Wait(wait_s)
        if since and max(0.0, (now - since).total_seconds()) >= drops_twins_s:
            _leave_in_doubt(uow, claimed, alarm)
            continue
        rest_s = max(_used_up_s(uow, lane, limits), _seconds(now, paused_until)) or reserve_s()
        if rest_s > 0:
            rest_s = min(rest_s, _LOOK_AGAIN_S)
            uow.run(_REST, id=number, due_at=micros(now + timedelta(seconds=rest_s)))
            return Wait(rest_s)
        if budget and _is_over_budget(uow, claimed, lane, budget, alarm):
            continue
        if uow.run(_CLAIM, id=number, now=micros(now)):
            return claimed
    return None


def claim_alone(
    uow: UnitOfWork,
    lane: str,
    item: OutboxId,
    message: Outgoing,
    limits: Sequence[Limit],
) -> Claimed | None:
    """Take a message that was written a moment ago, if it is alone in its lane and may leave.

    One statement instead of the three of `claim`, which knows what to do when this is None.
    Fewer sent in the longest window than the strictest limit allows are within all of them.
    """
    now = uow.clock.now()
    longest_s = max((limit.per_s for limit in limits), default=0)
    hushed = is_hushed_by_a_human(message)
    recipient = {"recipient": message.recipient} if hushed else {}
    if uow.run(
        _CLAIM_ALONE_BY_BOT if hushed else _CLAIM_ALONE,
        id=item,
        lane=lane,
        channel=message.channel,
        **recipient,
        now=micros(now),
        since=micros(now - timedelta(seconds=longest_s)),
        behind=min((limit.count for limit in limits), default=_UNLIMITED) - 1,
    ):
        return Claimed(item, message, 0, now, None, last_words=False, is_alone=True)
    return None


def _leave_in_doubt(uow: UnitOfWork, claimed: Claimed, alarm: Alarm) -> None:
    """Send no twin of what may have arrived; an operator decides."""
    uow.run(_ENDED, id=claimed.id, status="maybe", error=_DOUBTED, code=0)
    if claimed.last_words:
        forget_last_words(uow, claimed.id)
    else:
        alarm.message_ended(uow, claimed.id, claimed.outgoing, "maybe")


def _is_over_budget(
    uow: UnitOfWork, claimed: Claimed, lane: str, budget: Capability, alarm: Alarm
) -> bool:
    """End a message that its platform would not let leave any more.

    What has a ticket of its own is not counted. Last words go to somebody of whom nothing is
    known any more: the platform decides. A try that may have arrived was counted already.
    """
    message = claimed.outgoing
    if message.ticket or claimed.last_words or claimed.doubt_since:
        return False
    refusal = over_budget(uow, claimed.id, message, lane, budget)
    if refusal is None:
        return False
    status = "dropped" if refusal.quiet else "parked"
    uow.run(_ENDED, id=claimed.id, status=status, error=str(refusal), code=0)
    if not refusal.quiet:
        alarm.message_ended(uow, claimed.id, message, status, refusal)
    return True


def is_ours(uow: UnitOfWork, claimed: Claimed) -> bool:
    """Return True while the database knows that we are sending what we have claimed."""
    return bool(uow.run(_OURS, id=claimed.id, at=micros(claimed.at), tries=claimed.tries))


def _seconds(now: datetime, until: object) -> float:
    return 0.0 if until is None else (instant(until) - now).total_seconds()


def _used_up_s(uow: UnitOfWork, lane: str, limits: Sequence[Limit]) -> float:
    """Return the seconds that a lane has to rest because one of its limits is used up."""
    now, rest_s = uow.clock.now(), 0.0
    if len(limits) > 1 and not uow.run(
        _COUNTED,
        lane=lane,
        since=micros(now - timedelta(seconds=max(limit.per_s for limit in limits))),
        behind=min(limit.count for limit in limits) - 1,
    ):
        return 0.0  # fewer in the longest window than the strictest limit allows
    for limit in limits:
        window = timedelta(seconds=limit.per_s)
        full = uow.run(_COUNTED, lane=lane, since=micros(now - window), behind=limit.count - 1)
        if full:
            uow.run(_CLAIMED_AHEAD, lane=lane, now=micros(now))  # the clock was set back
            rest = min(window, instant(full[0][0]) + window - now)
            rest_s = max(rest_s, rest.total_seconds())
    return rest_s


def record(uow: UnitOfWork, item: OutboxId, receipt: Receipt) -> None:
    """Keep the platform's receipt."""
    uow.run(
        _SENT,
        id=item,
        now=micros(uow.clock.now()),
        platform_id=receipt.platform_id,
        handle=receipt.handle,
        note=receipt.note,
    )


def forget_last_words(uow: UnitOfWork, item: OutboxId) -> None:
    """Keep nothing of the last message to somebody whose data was deleted, sent or given up."""
    uow.wipes = bool(uow.run(_FORGET, id=item)) or uow.wipes


def record_error(
    uow: UnitOfWork, claimed: Claimed, lane: str, error: PlatformError, *, drops_twins_s: float
) -> str:
    """Decide what becomes of a message that the platform did not take; return its status."""
    spent = claimed.tries + 1 >= MAX_TRIES
    doubtful = isinstance(error, Ambiguous) or (isinstance(error, RetryLater) and error.doubtful)
    since = claimed.doubt_since or (claimed.at if doubtful else None)
    match error:
        case RetryLater() if error.uncounted or not spent:
            after_s = error.after_s
            if error.scope is PauseScope.MESSAGE and not error.uncounted:
                after_s *= BACK_OFF_FACTOR**claimed.tries
            if error.scope is not PauseScope.MESSAGE or error.uncounted:
                scope = claimed.outgoing.channel if error.scope is PauseScope.CHANNEL else lane
                pause(uow, scope, after_s, str(error))
            after_s = min(after_s, LONGEST_DELAY_S)
            # the platform wants another try; where it looks for no twins, it gets one all the same
            return _postpone(uow, claimed, error, after_s, since if drops_twins_s else None)
        case Ambiguous() if drops_twins_s and not spent:
            return _postpone(uow, claimed, error, BACK_OFF_FACTOR**claimed.tries, since)
        case Undeliverable(channel_off=True):
            pause(uow, claimed.outgoing.channel, UNTIL_RESUMED_S, str(error))
        case Undeliverable(quiet=True) if not since:
            return _end(uow, claimed, error, "dropped")
    return _end(uow, claimed, error, "maybe" if since else "parked")


def _postpone(
    uow: UnitOfWork,
    claimed: Claimed,
    error: PlatformError,
    after_s: float,
    doubt_since: datetime | None,
) -> str:
    uow.run(
        _POSTPONED,
        id=claimed.id,
        due_at=micros(uow.clock.now() + timedelta(seconds=after_s)),
        counted=0 if isinstance(error, RetryLater) and error.uncounted else 1,
        doubt_since=None if doubt_since is None else micros(doubt_since),
        error=str(error),
        code=error.code,
    )
    return "queued"


def _end(uow: UnitOfWork, claimed: Claimed, error: PlatformError, status: str) -> str:
    uow.run(_ENDED, id=claimed.id, status=status, error=str(error), code=error.code)
    return status


def pause(uow: UnitOfWork, scope: str, for_s: float, reason: str) -> None:
    """Let a lane or a channel rest for `for_s` seconds."""
    now = uow.clock.now()
    until = now + timedelta(seconds=for_s)
    uow.run(_PAUSE, scope=scope, since=micros(now), until=micros(until), reason=reason)


def recover(uow: UnitOfWork, *, lease_s: float) -> int:
    """Put back what a dead process was sending, in doubt since then; return how many."""
    before = uow.clock.now() - timedelta(seconds=lease_s)
    return len(uow.run(_RECOVER, before=micros(before)))

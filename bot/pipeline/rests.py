"""What rests, and how an operator lets it go on."""

from collections.abc import Sequence
from datetime import timedelta

from bot.commons import audit
from bot.kernel.desk import Rest
from bot.kernel.work import Statement, UnitOfWork
from bot.pipeline import outbox
from bot.storage.columns import instant, integer, micros

_LONGEST = timedelta(days=365)  # a platform asks for minutes; beyond this only an operator ends it

_RESTS = Statement("SELECT scope, until, reason FROM pauses WHERE until > :now ORDER BY scope")
_WAITING = Statement(
    f"SELECT count(*) FROM outbox WHERE {outbox.PENDING} AND (channel = :scope OR lane = :scope)"
)
_END = Statement("DELETE FROM pauses WHERE scope = :scope AND until > :now RETURNING reason")
_HURRY = Statement(
    f"UPDATE outbox SET due_at = :now WHERE {outbox.PENDING} AND status = 'queued'"
    " AND due_at > :now AND (channel = :scope OR lane = :scope)"
)
_LANES = Statement(
    f"SELECT DISTINCT lane FROM outbox WHERE {outbox.PENDING} AND status = 'queued'"
    " AND (channel = :scope OR lane = :scope) LIMIT 2000"  # the sweep finds the others
)


def resting(uow: UnitOfWork) -> Sequence[Rest]:
    """Return what rests now; what only an operator can end first."""
    now = uow.clock.now()
    found = [
        Rest(
            scope=str(scope),
            channel=_channel(str(scope)),
            until=None if instant(until) - now > _LONGEST else instant(until),
            because=str(reason),
            waiting=integer(uow.run(_WAITING, scope=scope)[0][0]),
        )
        for scope, until, reason in uow.run(_RESTS, now=micros(now))
    ]
    return sorted(found, key=lambda one: one.until is not None)


def resume(uow: UnitOfWork, scope: str, who: str) -> bool:
    """Let a channel or a lane send again; False when it does not rest any more.

    What waits there is due at once. What was parked stays parked: each of those needs a
    decision of its own.
    """
    now = micros(uow.clock.now())
    rows = uow.run(_END, scope=scope, now=now)
    if not rows:
        return False
    uow.run(_HURRY, scope=scope, now=now)
    for (lane,) in uow.run(_LANES, scope=scope):
        uow.wake(f"out:{lane}")
    channel = _channel(scope)
    # a lane may be called after a member, who must not be found in the audit
    what = channel if scope == channel else f"a lane of {channel}"
    audit.record(uow, who, "outbox.resumed", f"{what}: {rows[0][0]}")
    return True


def _channel(scope: str) -> str:
    return scope.partition(":")[0]

"""Forgets old messages and rests that are over; takes back what a dead process was sending.

It also lets nothing wait for a time that comes late, because the clock was set back.
A repeat of a callback is recognised as long as its row is kept; the door refuses callbacks
older than a day, so a retention of two days or more forgets nothing too early.
"""

from collections.abc import Callable
from datetime import timedelta

import structlog

from bot.kernel.clock import due_ahead
from bot.kernel.feature import Job
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.pipeline import fetching, inbox, outbox
from bot.storage.columns import micros

log = structlog.get_logger(__name__)

_AT_ONCE = 500  # a bite that never holds the write lock for long

# The newest row stays. SQLite gives its number again once it is gone, and what bears the number,
# the key of an answer or of a notice, would count as known.
_FORGET_INBOX = Statement(
    "DELETE FROM inbox WHERE id IN (SELECT id FROM inbox WHERE received_at < :before"
    " AND status IN ('done', 'dropped') AND id < (SELECT max(id) FROM inbox)"
    " ORDER BY received_at LIMIT :most) RETURNING id"
)
_FORGET_OUTBOX = Statement(
    "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE created_at < :before"
    " AND status IN ('sent', 'dropped', 'withdrawn') AND id < (SELECT max(id) FROM outbox)"
    " ORDER BY created_at LIMIT :most) RETURNING id"
)
_END_RESTS = Statement("DELETE FROM pauses WHERE until < :now")

# ── a clock that was set back: later than any delay of ours ──
_UPDATES_AHEAD = Statement(
    "UPDATE inbox SET due_at = :now WHERE status = 'waiting' AND due_at > :latest RETURNING id"
)
_MESSAGES_AHEAD = Statement(
    f"UPDATE outbox SET due_at = :now WHERE {outbox.PENDING} AND status = 'queued'"
    " AND due_at > :latest RETURNING id"
)
_CLAIMS_AHEAD = Statement(
    "UPDATE outbox SET claimed_at = :now, doubt_since = COALESCE(doubt_since, :long_ago)"
    f" WHERE {outbox.PENDING} AND status = 'sending' AND claimed_at > :latest RETURNING id"
)
_RESTS_AHEAD = Statement(
    "DELETE FROM pauses WHERE since > :latest AND until < :until_resumed RETURNING scope"
)
_FETCHES_AHEAD = Statement(
    "UPDATE fetches SET due_at = :now WHERE due_at IS NOT NULL AND due_at > :latest RETURNING book"
)
_LONG_AGO_S = 1_800.0  # a doubt is taken to be so old when no clock can tell


def catch_up(uow: UnitOfWork) -> None:
    """Let go on what waits for a time that no clock will show soon: ours was set back."""
    now = uow.clock.now()

    def later_than(longest_s: float) -> int:
        return micros(due_ahead(now, longest_s))

    longest, resumed = later_than(outbox.LONGEST_DELAY_S), later_than(outbox.UNTIL_RESUMED_S / 2)
    latest_update = later_than(max(inbox.BACK_OFF_S))
    found = {
        "updates": uow.run(_UPDATES_AHEAD, now=micros(now), latest=latest_update),
        "messages": uow.run(_MESSAGES_AHEAD, now=micros(now), latest=longest),
        "claims": uow.run(
            _CLAIMS_AHEAD, now=micros(now), latest=later_than(0), long_ago=later_than(-_LONG_AGO_S)
        ),
        "fetches": uow.run(
            _FETCHES_AHEAD, now=micros(now), latest=later_than(fetching.LONGEST_WAIT_S)
        ),
        "rests": uow.run(_RESTS_AHEAD, latest=later_than(0), until_resumed=resumed),
    }
    if any(found.values()):
        counts = {what: len(rows) for what, rows in found.items()}
        log.warning("housekeeping.clock_went_back", **counts)


def retention(days: int) -> Job:
    """Return the job that deletes finished messages older than `days`."""
    return Job("pipeline.retention", _forgetting(days), every_s=60)


def _forgetting(days: int) -> Callable[[UnitOfWork, Toolbox], bool]:
    def run(uow: UnitOfWork, _tools: Toolbox) -> bool:
        now = uow.clock.now()
        before = micros(now - timedelta(days=days))
        heard = uow.run(_FORGET_INBOX, before=before, most=_AT_ONCE)
        said = uow.run(_FORGET_OUTBOX, before=before, most=_AT_ONCE)
        catch_up(uow)
        outbox.recover(uow, lease_s=outbox.LEASE_S)
        uow.run(_END_RESTS, now=micros(now))
        return _AT_ONCE in (len(heard), len(said))  # then there may be more

    return run

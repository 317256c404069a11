"""Forgets old messages and rests that are over; takes back what a dead process was sending.

A repeat of a callback is recognised as long as its row is kept; the door refuses callbacks
older than a day, so a retention of two days or more forgets nothing too early.
"""

from collections.abc import Callable
from datetime import timedelta

from bot.kernel.feature import Job
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.pipeline import outbox
from bot.storage.columns import micros

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
    " AND status IN ('sent', 'dropped') AND id < (SELECT max(id) FROM outbox)"
    " ORDER BY created_at LIMIT :most) RETURNING id"
)
_END_RESTS = Statement("DELETE FROM pauses WHERE until < :now")


def retention(days: int) -> Job:
    """Return the job that deletes finished messages older than `days`."""
    return Job("pipeline.retention", _forgetting(days), every_s=60)


def _forgetting(days: int) -> Callable[[UnitOfWork, Toolbox], bool]:
    def run(uow: UnitOfWork, _tools: Toolbox) -> bool:
        now = uow.clock.now()
        before = micros(now - timedelta(days=days))
        heard = uow.run(_FORGET_INBOX, before=before, most=_AT_ONCE)
        said = uow.run(_FORGET_OUTBOX, before=before, most=_AT_ONCE)
        outbox.recover(uow, lease_s=outbox.LEASE_S)
        uow.run(_END_RESTS, now=micros(now))
        return _AT_ONCE in (len(heard), len(said))  # then there may be more

    return run

"""A full listing of all groups, and which of them have to be asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commons.groups.applying import NEW
from bot.kernel.clock import due_ahead
from bot.kernel.customers import ListedGroup
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_ERROR_CHARS = 200
LONGEST_WAIT_S = 3600.0
"""No group waits for longer before it is asked for again."""

_LISTED = Statement(
    "UPDATE customer_groups SET seen_round = :round, handover = :handover,"
    " status = 'open', ended_at = NULL, ended_how = '',"
    " due_at = CASE WHEN due_at IS NULL OR due_at > :now THEN :now ELSE due_at END"
    " WHERE chat_id = :chat AND seen_round < :round"
)
_UNLISTED = Statement(
    "UPDATE customer_groups SET due_at = CASE WHEN due_at IS NULL OR due_at > :now THEN :now"
    " ELSE due_at END WHERE status = 'open' AND seen_round < :round"
)
NEXT_DUE = Statement(
    "SELECT chat_id, revision, tries, seen_round, first_seen_at, lags_until FROM customer_groups"
    " WHERE due_at IS NOT NULL AND due_at <= :now ORDER BY due_at, chat_id LIMIT 1"
)
_LEFT_TO_DO = Statement(
    "SELECT count(*) FROM customer_groups WHERE due_at IS NOT NULL AND due_at <= :now"
)
_LATER = Statement(
    "UPDATE customer_groups SET due_at = :due, tries = tries + 1, error = :error"
    " WHERE chat_id = :chat"
)
_AHEAD = Statement(
    "UPDATE customer_groups SET due_at = :now WHERE due_at IS NOT NULL AND due_at > :latest"
)
_REFUSED = Statement(
    "UPDATE customer_groups SET due_at = NULL, tries = 0, error = :error, read_at = :now"
    " WHERE chat_id = :chat AND revision = :revision"
)


@dataclass(frozen=True, slots=True)
class DueGroup:
    """A group that has to be asked for; `revision` is what we knew before we asked."""

    chat_id: str
    revision: int
    tries: int
    seen_round: int
    first_seen_at: datetime
    lags: bool
    """It changed so lately that the platform may answer as if it had not."""


def listed(uow: UnitOfWork, groups: Sequence[ListedGroup], number: int) -> None:
    """Note which groups a page of the listing of round `number` had; each is due then."""
    now = micros(uow.clock.now())
    for one in groups:
        uow.run(NEW, chat=one.chat_id, now=now)
        uow.run(_LISTED, chat=one.chat_id, round=number, handover=one.handover.value, now=now)


def end_listing(uow: UnitOfWork, number: int) -> None:
    """The listing is complete: what was not in it is asked for by its id, and may be gone."""
    uow.run(_UNLISTED, round=number, now=micros(uow.clock.now()))


def next_due(uow: UnitOfWork) -> DueGroup | None:
    """Return the group that has waited longest; None when none is due."""
    now = micros(uow.clock.now())
    rows = uow.run(NEXT_DUE, now=now)
    if not rows:
        return None
    chat_id, revision, tries, seen, first_seen, lags_until = rows[0]
    return DueGroup(
        str(chat_id),
        integer(revision),
        integer(tries),
        integer(seen),
        instant(first_seen),
        lags=lags_until is not None and now < integer(lags_until),
    )


def count_due(uow: UnitOfWork) -> int:
    """Return how many groups have to be asked for."""
    return integer(uow.run(_LEFT_TO_DO, now=micros(uow.clock.now()))[0][0])


def put_off(uow: UnitOfWork, group: DueGroup, error: str, *, after_s: float) -> None:
    """Ask for a group again, not before `after_s` seconds from now, an hour at most."""
    due = micros(uow.clock.now() + timedelta(seconds=min(after_s, LONGEST_WAIT_S)))
    uow.run(_LATER, chat=group.chat_id, due=due, error=error[:_ERROR_CHARS])


def catch_up(uow: UnitOfWork) -> None:
    """Let no group wait for a time that comes late, because the clock was set back."""
    now = uow.clock.now()
    uow.run(_AHEAD, now=micros(now), latest=micros(due_ahead(now, LONGEST_WAIT_S)))


def refused(uow: UnitOfWork, group: DueGroup, error: str) -> None:
    """Ask for a group no more before the next full listing: the platform says no."""
    uow.run(
        _REFUSED,
        chat=group.chat_id,
        revision=group.revision,
        error=error[:_ERROR_CHARS],
        now=micros(uow.clock.now()),
    )

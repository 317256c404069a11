"""Use cases of the helpful room: what was told already, and who waits for a human."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commons import audit
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

UNDO_WITHIN = timedelta(days=1)
"""So long an operator can put somebody back on the list."""

_TELL = Statement(
    "INSERT INTO help_told (member_id, what, at) VALUES (:member, :what, :now)"
    " ON CONFLICT (member_id, what) DO UPDATE SET at = excluded.at"
    " WHERE help_told.at <= :before RETURNING 1"
)
_ASK = Statement(
    "INSERT INTO human_requests (member_id, asked_at, last_asked_at, times, closed_by)"
    " VALUES (:member, :at, :at, 1, '') ON CONFLICT (member_id) DO UPDATE SET"
    " asked_at = CASE WHEN human_requests.closed_at IS NULL THEN human_requests.asked_at"
    " ELSE excluded.asked_at END,"
    " times = CASE WHEN human_requests.closed_at IS NULL THEN human_requests.times + 1"
    " ELSE 1 END,"
    " last_asked_at = excluded.last_asked_at, closed_at = NULL, closed_by = ''"
)
_CLOSE = Statement(
    "UPDATE human_requests SET closed_at = :now, closed_by = :who"
    " WHERE member_id = :member AND closed_at IS NULL RETURNING member_id"
)
_REOPEN = Statement(
    "UPDATE human_requests SET closed_at = NULL, closed_by = ''"
    " WHERE member_id = :member AND closed_at > :since RETURNING member_id"
)
CLOSED = Statement(
    "SELECT member_id, asked_at, last_asked_at, times, closed_at, closed_by FROM human_requests"
    " WHERE closed_at > :since ORDER BY closed_at DESC LIMIT :most"
)
OPEN = Statement(
    "SELECT member_id, asked_at, last_asked_at, times FROM human_requests"
    " WHERE closed_at IS NULL ORDER BY asked_at LIMIT :most"
)
COUNT_OPEN = Statement("SELECT COUNT(*) FROM human_requests WHERE closed_at IS NULL")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A member who waits for a human."""

    member: MemberId
    asked_at: datetime
    last_asked_at: datetime
    times: int


@dataclass(frozen=True, slots=True)
class Closed:
    """A member for whom somebody cared a short while ago."""

    waiting: Waiting
    at: datetime
    by: str


def may_tell(uow: UnitOfWork, member: MemberId, what: str, *, again_after: timedelta) -> bool:
    """Return True, and remember it, unless she was told this within `again_after`."""
    now = uow.clock.now()
    before = micros(now - again_after)
    return bool(uow.run(_TELL, member=member, what=what, now=micros(now), before=before))


def ask_for_human(uow: UnitOfWork, member: MemberId, at: datetime) -> None:
    """Put a member on the list of those who wait; the first request keeps its time."""
    uow.run(_ASK, member=member, at=micros(at))


def close_request(uow: UnitOfWork, member: MemberId, who: str) -> bool:
    """Take a member off the list because `who` cared; False when she was not on it."""
    if not uow.run(_CLOSE, member=member, who=who, now=micros(uow.clock.now())):
        return False
    audit.record(uow, who, "help.request_closed", "", member=member)
    return True


def reopen_request(uow: UnitOfWork, member: MemberId, who: str) -> bool:
    """Put a member back who was taken off by mistake, where she stood; False when too late."""
    since = micros(uow.clock.now() - UNDO_WITHIN)
    if not uow.run(_REOPEN, member=member, since=since):
        return False
    audit.record(uow, who, "help.request_reopened", "", member=member)
    return True


def waiting(uow: UnitOfWork, *, most: int) -> list[Waiting]:
    """Return who waits for a human, the longest first."""
    return [_waiting(row) for row in uow.run(OPEN, most=most)]


def closed(uow: UnitOfWork, *, most: int) -> list[Closed]:
    """Return who was taken off the list in the last day, the latest first."""
    since = micros(uow.clock.now() - UNDO_WITHIN)
    return [
        Closed(_waiting(told), instant(at), str(who))
        for *told, at, who in uow.run(CLOSED, since=since, most=most)
    ]


def _waiting(row: Sequence[object]) -> Waiting:
    member, asked, last, times = row
    return Waiting(MemberId(integer(member)), instant(asked), instant(last), integer(times))


def count_waiting(uow: UnitOfWork) -> float:
    """Return how many members wait for a human."""
    return integer(uow.run(COUNT_OPEN)[0][0])

"""Use cases of the helpful room: what was told already, and who waits for a human."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commons import audit
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

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


def waiting(uow: UnitOfWork, *, most: int) -> list[Waiting]:
    """Return who waits for a human, the longest first."""
    return [
        Waiting(MemberId(integer(member)), instant(asked), instant(last), integer(times))
        for member, asked, last, times in uow.run(OPEN, most=most)
    ]


def count_waiting(uow: UnitOfWork) -> float:
    """Return how many members wait for a human."""
    return integer(uow.run(COUNT_OPEN)[0][0])

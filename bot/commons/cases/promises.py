"""What members were promised: the time that a ticket names, and what advisors have promised."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.commons.cases.finding import Case, get
from bot.commons.cases.rules import Did
from bot.commons.cases.service import NoCase, step
from bot.kernel.events import CasePromised
from bot.kernel.ids import MemberId
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

ANSWER = "answer"
"""That a human writes to her."""

_COLUMNS = "id, case_id, member_id, what, who, at, due_at, ended_at, is_kept"
_ADD = Statement(
    "INSERT INTO case_promises (case_id, member_id, what, who, at, due_at, is_kept)"
    " VALUES (:case, :member, :what, :who, :now, :due_at, 0) RETURNING id"
)
_OF = Statement(f"SELECT {_COLUMNS} FROM case_promises WHERE case_id = :case ORDER BY id")
_DUE = Statement(
    f"SELECT {_COLUMNS} FROM case_promises WHERE ended_at IS NULL AND due_at <= :before"
    " ORDER BY due_at, id LIMIT :most"
)
_END_ANSWERS = Statement(
    "UPDATE case_promises SET ended_at = :at, is_kept = CASE WHEN :at <= due_at THEN 1 ELSE 0 END"
    f" WHERE case_id = :case AND what = '{ANSWER}' AND ended_at IS NULL RETURNING is_kept"
)
_END = Statement(
    "UPDATE case_promises SET ended_at = :at, is_kept = :kept WHERE id = :id AND ended_at IS NULL"
    " RETURNING case_id"
)
_BROKEN = Statement(
    "SELECT count(*) FROM case_promises WHERE member_id = :member AND due_at >= :since"
    " AND is_kept = 0 AND (ended_at IS NOT NULL OR due_at < :now)"
)
_COUNTED = Statement(
    "SELECT is_kept, count(*) FROM case_promises WHERE ended_at >= :since AND ended_at < :until"
    " GROUP BY is_kept"
)


@dataclass(frozen=True, slots=True)
class Promise:
    """What was promised, until when, and whether it was kept."""

    id: int
    case: int
    member: MemberId
    what: str
    who: str
    at: datetime
    due_at: datetime
    ended_at: datetime | None
    is_kept: bool


def promise(uow: UnitOfWork, case: Case, *, what: str, who: str, due_at: datetime) -> int:
    """Write down what a member is promised; return its number."""
    rows = uow.run(
        _ADD,
        case=case.id,
        member=case.member,
        what=what,
        who=who,
        now=micros(uow.clock.now()),
        due_at=micros(due_at),
    )
    step(uow, case, who, Did.PROMISED, f"{what} {due_at.isoformat()}")
    number = integer(rows[0][0])
    uow.publish(CasePromised(case.member, case.id, number, due_at))
    return number


def human_has_written(uow: UnitOfWork, case: Case, at: datetime) -> None:
    """End the promises that a human writes: kept when it was in time."""
    for (kept,) in uow.run(_END_ANSWERS, case=case.id, at=micros(at)):
        step(uow, case, "bot", Did.KEPT if kept else Did.BROKEN, ANSWER)


def end(uow: UnitOfWork, number: int, *, who: str, is_kept: bool) -> bool:
    """Say that a promise was kept, or broken; False when that was said before."""
    now = micros(uow.clock.now())
    rows = uow.run(_END, id=number, at=now, kept=int(is_kept))
    for (case,) in rows:
        if (found := get(uow, integer(case))) is None:
            raise NoCase("a promise without a case")
        step(uow, found, who, Did.KEPT if is_kept else Did.BROKEN, f"promise {number}")
    return bool(rows)


def promises_of(uow: UnitOfWork, case: int) -> Sequence[Promise]:
    """Return what was promised in a case, the oldest first."""
    return [_promise(row) for row in uow.run(_OF, case=case)]


def due_promises(uow: UnitOfWork, before: datetime, *, most: int = 500) -> Sequence[Promise]:
    """Return the open promises that were to be kept by `before`, the oldest first."""
    return [_promise(row) for row in uow.run(_DUE, before=micros(before), most=most)]


def broken_to(uow: UnitOfWork, member: MemberId, since: datetime) -> int:
    """Return how many promises to a member that were due since then were not kept in time."""
    now = micros(uow.clock.now())
    [(many,)] = uow.run(_BROKEN, member=member, since=micros(since), now=now)
    return integer(many)


def kept_and_broken(uow: UnitOfWork, since: datetime, until: datetime) -> tuple[int, int]:
    """Return how many promises were kept, and how many were not, in a span of time."""
    rows = uow.run(_COUNTED, since=micros(since), until=micros(until))
    counted = {integer(kept): integer(many) for kept, many in rows}
    return counted.get(1, 0), counted.get(0, 0)


def _promise(row: Row) -> Promise:
    number, case, member, what, who, at, due_at, ended_at, is_kept = row
    return Promise(
        integer(number),
        integer(case),
        MemberId(integer(member)),
        str(what),
        str(who),
        instant(at),
        instant(due_at),
        None if ended_at is None else instant(ended_at),
        bool(is_kept),
    )

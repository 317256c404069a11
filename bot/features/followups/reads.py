"""Finds tasks. Who wants no calls is never shown one: a call is a message then, at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.commons import outreach
from bot.features.followups.rules import Kind, State
from bot.kernel.ids import MemberId
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_COLUMNS = (
    "id, member_id, case_id, kind, what, why, due_at, advisor, made_by, made_at, state, note,"
    " ended_by, ended_at, postponed, climbed, rings_at"
)
_GET = Statement(f"SELECT {_COLUMNS} FROM followups WHERE id = :id")
_BY_KEY = Statement(f"SELECT {_COLUMNS} FROM followups WHERE key = :key")
_OPEN = Statement(
    f"SELECT {_COLUMNS} FROM followups WHERE state = 'open' ORDER BY due_at, id LIMIT :most"
)
_MINE = Statement(
    f"SELECT {_COLUMNS} FROM followups WHERE state = 'open' AND advisor IN (:who, '')"
    " ORDER BY due_at, id LIMIT :most"
)
_OF_CASE = Statement(f"SELECT {_COLUMNS} FROM followups WHERE case_id = :case ORDER BY id DESC")
_ENDED = Statement(
    f"SELECT {_COLUMNS} FROM followups WHERE ended_at IS NOT NULL"
    " ORDER BY ended_at DESC, id DESC LIMIT :most"
)
_RINGING = Statement(
    f"SELECT {_COLUMNS} FROM followups WHERE state = 'open' AND rings_at <= :now"
    " ORDER BY rings_at, id LIMIT :most"
)
_NEXT = Statement("SELECT MIN(rings_at) FROM followups WHERE state = 'open' AND rings_at > :after")
_COUNT = Statement(
    "SELECT COUNT(*) FROM followups WHERE state = 'open' AND due_at <= :now"
    " AND advisor IN (:who, '')"
)
_OVERDUE = Statement("SELECT COUNT(*) FROM followups WHERE state = 'open' AND due_at <= :now")
_STEPS = Statement(
    "SELECT at, who, what, words FROM followup_steps WHERE task_id = :task ORDER BY id"
)


@dataclass(frozen=True, slots=True)
class Task:
    """A task as it stands."""

    id: int
    member: MemberId
    case: int | None
    kind: Kind
    """How she may be seen to; never a call for who wants none."""
    was_call: bool
    """It would be one, but she wants none."""
    what: str
    why: str
    due_at: datetime
    advisor: str
    made_by: str
    made_at: datetime
    state: State
    note: str
    ended_by: str
    ended_at: datetime | None
    postponed: int
    climbed: int
    rings_at: datetime | None


@dataclass(frozen=True, slots=True)
class Step:
    """Something that was done with a task."""

    at: datetime
    who: str
    what: str
    words: str


def get(uow: UnitOfWork, number: int) -> Task | None:
    """Return a task; None for one that is not there."""
    return _first(uow, uow.run(_GET, id=number))


def by_key(uow: UnitOfWork, key: str) -> Task | None:
    """Return the task of a key."""
    return _first(uow, uow.run(_BY_KEY, key=key))


def all_open(uow: UnitOfWork, *, mine: str = "", most: int = 200) -> Sequence[Task]:
    """Return what is to be done, what is due first comes first; of one advisor, and of nobody."""
    rows = uow.run(_MINE, who=mine, most=most) if mine else uow.run(_OPEN, most=most)
    return [_task(uow, row) for row in rows]


def of_case(uow: UnitOfWork, case: int) -> Sequence[Task]:
    """Return the tasks of a case, the latest first."""
    return [_task(uow, row) for row in uow.run(_OF_CASE, case=case)]


def ended(uow: UnitOfWork, *, most: int = 30) -> Sequence[Task]:
    """Return what was done last."""
    return [_task(uow, row) for row in uow.run(_ENDED, most=most)]


def ringing(uow: UnitOfWork, *, most: int) -> Sequence[Task]:
    """Return what somebody has to be told about now."""
    now = micros(uow.clock.now())
    return [_task(uow, row) for row in uow.run(_RINGING, now=now, most=most)]


def next_ring(uow: UnitOfWork, after: datetime) -> datetime | None:
    """Return when somebody has to be told next."""
    at = uow.run(_NEXT, after=micros(after))[0][0]
    return None if at is None else instant(at)


def count_due(uow: UnitOfWork, who: str) -> int:
    """Return how many of hers, and of nobody's, are due."""
    return integer(uow.run(_COUNT, now=micros(uow.clock.now()), who=who)[0][0])


def count_overdue(uow: UnitOfWork) -> int:
    """Return how many are due."""
    return integer(uow.run(_OVERDUE, now=micros(uow.clock.now()))[0][0])


def steps_of(uow: UnitOfWork, task: int) -> Sequence[Step]:
    """Return what was done with a task, the oldest first."""
    rows = uow.run(_STEPS, task=task)
    return [Step(instant(at), str(who), str(what), str(words)) for at, who, what, words in rows]


def _first(uow: UnitOfWork, rows: Sequence[Row]) -> Task | None:
    return _task(uow, rows[0]) if rows else None


def _task(uow: UnitOfWork, row: Row) -> Task:
    member, kind, state = MemberId(integer(row[1])), Kind(str(row[3])), State(str(row[10]))
    was_call = kind is Kind.CALL and state is State.OPEN and not outreach.takes_calls(uow, member)
    return Task(
        integer(row[0]),
        member,
        None if row[2] is None else integer(row[2]),
        Kind.MESSAGE if was_call else kind,
        was_call,
        str(row[4]),
        str(row[5]),
        instant(row[6]),
        str(row[7]),
        str(row[8]),
        instant(row[9]),
        state,
        str(row[11]),
        str(row[12]),
        None if row[13] is None else instant(row[13]),
        integer(row[14]),
        integer(row[15]),
        None if row[16] is None else instant(row[16]),
    )

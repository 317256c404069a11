"""The rows of tasks and of their targets: how they are found and how they move on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.commons import audit
from bot.commons.mass_send import OPEN, Matter, SendStatus, matter_json
from bot.kernel.abilities import Audience
from bot.kernel.ids import ChannelName
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

CANCEL, REMIND = "cancel", "remind"
STOPPABLE = frozenset(
    {SendStatus.DRAFTED, SendStatus.CREATING, SendStatus.UNCLEAR, SendStatus.CREATED}
)
"""Where a task stands that an operator can still have cancelled."""
FIELDS = (
    "id, channel, owner, digest, groups, status, msgid, drafted_at, creating_at, created_at,"
    " confirmed_at, tries, looks, nudges, wanted, wanted_by, candidates, error, error_code,"
    " audience"
)
"""The columns that `read_all` wants."""
_READ = Statement(f"SELECT {FIELDS} FROM mass_tasks WHERE id = :id")
DUE = Statement(
    f"SELECT {FIELDS} FROM mass_tasks WHERE {OPEN} AND status = :status AND channel = :channel"
    " AND next_at <= :now ORDER BY next_at, id LIMIT :most"
)
"""Tasks in one state with which something is to be done."""
_MATTER = Statement("SELECT body FROM mass_matters WHERE digest = :digest")
COUNTS = Statement("SELECT status, count(*) FROM mass_targets WHERE task_id = :id GROUP BY status")
_CHATS = Statement(
    "SELECT chat FROM mass_targets WHERE task_id = :task AND status = 'drafted' ORDER BY id"
)
_MOVE = Statement(
    "UPDATE mass_tasks SET status = :status, next_at = :next_at, error = :error,"
    " error_code = :code WHERE id = :id AND status = :was RETURNING 1"
)
_MOVE_GROUPS = Statement(
    "UPDATE mass_targets SET status = :status, reason = :reason"
    " WHERE task_id = :task AND status IN ('drafted', 'creating', 'created', 'confirmed')"
)
_LATER = Statement(
    "UPDATE mass_tasks SET next_at = :next_at, error = :error, error_code = :code WHERE id = :id"
)
_TAKE_BACK = Statement(
    "UPDATE mass_tasks SET status = 'drafted', looks = 0, candidates = '', next_at = :next_at,"
    " error = :error, error_code = :code, tries = tries - :less"
    " WHERE id = :id AND (status = 'drafted'"
    " OR (status IN ('creating', 'unclear') AND creating_at = :seen)) RETURNING 1"
)
_WAIT = Statement("UPDATE mass_tasks SET next_at = :next_at WHERE id = :id AND status = 'drafted'")
_WANT = Statement(
    "UPDATE mass_tasks SET wanted = :wanted, wanted_by = :by,"
    " next_at = CASE WHEN status = 'created' THEN :now ELSE next_at END"
    f" WHERE id = :id AND {OPEN} RETURNING 1"
)


@dataclass(frozen=True, slots=True)
class Task:
    """One task."""

    id: int
    channel: ChannelName
    owner: str
    digest: str
    groups: int
    status: SendStatus
    msgid: str
    drafted_at: datetime
    creating_at: datetime | None
    created_at: datetime | None
    confirmed_at: datetime | None
    tries: int
    looks: int
    nudges: int
    wanted: str
    wanted_by: str
    candidates: tuple[str, ...]
    error: str
    error_code: int
    audience: Audience

    @property
    def about(self) -> str:
        """What it is, for the audit."""
        return f"task {self.id}: {self.groups} {self.audience} of {self.owner}"


def _task(row: Row) -> Task:
    number, channel, owner, digest, groups, status, msgid, *rest = row
    drafted, creating, created, confirmed, tries, looks, nudges, *told = rest
    wanted, by, candidates, error, code, audience = told
    return Task(
        id=integer(number),
        channel=ChannelName(str(channel)),
        owner=str(owner),
        digest=str(digest),
        groups=integer(groups),
        status=SendStatus(str(status)),
        msgid=str(msgid or ""),
        drafted_at=instant(drafted),
        creating_at=_maybe(creating),
        created_at=_maybe(created),
        confirmed_at=_maybe(confirmed),
        tries=integer(tries),
        looks=integer(looks),
        nudges=integer(nudges),
        wanted=str(wanted),
        wanted_by=str(by),
        candidates=tuple(str(candidates).split()),
        error=str(error),
        error_code=integer(code),
        audience=Audience(str(audience)),
    )


def _maybe(value: object) -> datetime | None:
    return None if value is None else instant(value)


def read(uow: UnitOfWork, task: int) -> Task | None:
    """Return one task; None when there is none."""
    rows = uow.run(_READ, id=task)
    return _task(rows[0]) if rows else None


def read_all(uow: UnitOfWork, statement: Statement, **values: object) -> list[Task]:
    """Return the tasks that a statement with our columns finds."""
    return [_task(row) for row in uow.run(statement, **values)]


def due(uow: UnitOfWork, channel: str, status: SendStatus, most: int) -> list[Task]:
    """Return tasks in one state with which something is to be done, the longest due first."""
    now = micros(uow.clock.now())
    return read_all(uow, DUE, channel=channel, status=status.value, now=now, most=most)


def matter_of(uow: UnitOfWork, digest: str) -> Matter:
    """Return what is said."""
    return matter_json.validate_json(str(uow.run(_MATTER, digest=digest)[0][0]))


def chats_of(uow: UnitOfWork, task: int) -> tuple[str, ...]:
    """Return whom a task that is not made yet goes to, as the channel calls them."""
    return tuple(str(chat) for (chat,) in uow.run(_CHATS, task=task))


def counts(uow: UnitOfWork, task: int) -> Mapping[str, int]:
    """Return how many targets of a task stand where."""
    return {str(status): integer(count) for status, count in uow.run(COUNTS, id=task)}


def move(
    uow: UnitOfWork,
    task: Task,
    to: SendStatus,
    *,
    next_at: datetime | None = None,
    error: str = "",
    code: int = 0,
) -> bool:
    """Move a task on, unless somebody else has; False then."""
    values = {"id": task.id, "was": task.status.value, "status": to.value}
    at = micros(next_at or uow.clock.now())
    return bool(uow.run(_MOVE, **values, next_at=at, error=error, code=code))


def move_groups(uow: UnitOfWork, task: Task, to: SendStatus, reason: str = "") -> None:
    """Move those targets of a task of which nothing final is known."""
    uow.run(_MOVE_GROUPS, task=task.id, status=to.value, reason=reason)


def look_later(
    uow: UnitOfWork, task: Task, at: datetime, *, error: str = "", code: int = 0
) -> None:
    """Leave a task as it is until then."""
    uow.run(_LATER, id=task.id, next_at=micros(at), error=error, code=code)


def wait(uow: UnitOfWork, task: Task, at: datetime) -> None:
    """Let a task that is not asked for yet wait until then."""
    uow.run(_WAIT, id=task.id, next_at=micros(at))


def take_back(
    uow: UnitOfWork,
    task: Task,
    at: datetime,
    *,
    error: str = "",
    code: int = 0,
    uncounted: bool = False,
) -> None:
    """Note that a task is not at the platform, and that it is asked for from `at` on.

    Not when somebody else has asked for it meanwhile.
    """
    current = read(uow, task.id)
    if current is None or not is_as_seen(current, task):
        return
    if current.wanted == CANCEL:
        cancel(uow, current)
        return
    less = 1 if uncounted and current.status is SendStatus.CREATING else 0
    values = {"next_at": micros(at), "error": error, "code": code, "less": less}
    seen = None if current.creating_at is None else micros(current.creating_at)
    uow.run(_TAKE_BACK, id=task.id, seen=seen, **values)


def is_as_seen(current: Task, seen: Task) -> bool:
    """Return True when a task was not asked for again since it was seen."""
    return current.status is SendStatus.DRAFTED or current.creating_at == seen.creating_at


def cancel(uow: UnitOfWork, task: Task) -> bool:
    """Note that a task will not be sent; False when somebody else has moved it on."""
    if not move(uow, task, SendStatus.CANCELLED):
        return False
    move_groups(uow, task, SendStatus.CANCELLED)
    audit.record(uow, task.wanted_by or "bot", "mass_send.cancelled", task.about)
    return True


def want(uow: UnitOfWork, task: int, wanted: str, by: str) -> bool:
    """Write down what an operator wants of an open task; False when it is over."""
    now = micros(uow.clock.now())
    return bool(uow.run(_WANT, id=task, wanted=wanted, by=by, now=now))

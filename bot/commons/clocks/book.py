"""Keeps the clocks of cases: started, stopped, standing still, rung; each change once.

What they mean, and who is told, is decided by the room `clocks`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.commons.cases import Case
from bot.commons.clocks.rules import Marks, Rung, Stop, Timer
from bot.kernel.ids import MemberId
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_COLUMNS = (
    "id, case_id, member_id, times_opened, timer, level, started_at, half_at, most_at, due_at,"
    " next_at, paused_at, warned_50_at, warned_80_at, breached_at, climbed"
)
_START = Statement(
    "INSERT INTO case_clocks (case_id, member_id, times_opened, timer, level, tier, started_at,"
    " half_at, most_at, due_at, next_at, climbed, stopped_by, used_s) VALUES (:case, :member,"
    " :times, :timer, :level, :tier, :started, :half, :most, :due, :half, 0, '', 0)"
    " ON CONFLICT (case_id, timer) WHERE stopped_at IS NULL DO NOTHING RETURNING id"
)
_STOP = Statement(
    "UPDATE case_clocks SET stopped_at = CASE WHEN :at < started_at THEN started_at ELSE :at END,"
    " stopped_by = :by, used_s = :used, next_at = NULL"
    " WHERE id = :id AND stopped_at IS NULL RETURNING id"
)
_RUNNING_OF = Statement(
    f"SELECT {_COLUMNS} FROM case_clocks WHERE case_id = :case AND stopped_at IS NULL"
    " ORDER BY due_at, id"
)
_RUNNING = Statement(
    f"SELECT {_COLUMNS} FROM case_clocks WHERE stopped_at IS NULL ORDER BY due_at, id"
)
_DUE = Statement(
    f"SELECT {_COLUMNS} FROM case_clocks WHERE stopped_at IS NULL AND paused_at IS NULL"
    " AND next_at <= :now ORDER BY next_at, id LIMIT :most"
)
_NEXT = Statement(
    "SELECT min(next_at) FROM case_clocks WHERE stopped_at IS NULL AND paused_at IS NULL"
    " AND next_at > :after"
)
_PAUSE = Statement(
    "UPDATE case_clocks SET paused_at = :at WHERE id = :id AND stopped_at IS NULL"
    " AND paused_at IS NULL"
)
_SET = Statement(
    "UPDATE case_clocks SET level = :level, started_at = :started, half_at = :half,"
    " most_at = :most, due_at = :due, next_at = :next, paused_at = NULL"
    " WHERE id = :id AND stopped_at IS NULL"
)
_RING = Statement(
    "UPDATE case_clocks SET next_at = :next, climbed = :climbed,"
    " warned_50_at = COALESCE(warned_50_at, :half), warned_80_at = COALESCE(warned_80_at, :most),"
    " breached_at = COALESCE(breached_at, :breached)"
    " WHERE id = :id AND next_at = :was AND climbed = :climbed_was AND stopped_at IS NULL"
    " AND paused_at IS NULL RETURNING id"
)
_CLIMB = Statement(
    "INSERT INTO case_ladder (case_id, member_id, times_opened, timer, step, told, at) VALUES"
    " (:case, :member, :times, :timer, :step, '', :now)"
    " ON CONFLICT (case_id, times_opened, timer, step) DO NOTHING RETURNING id"
)
_TOLD = Statement(
    "UPDATE case_ladder SET told = :told WHERE case_id = :case AND times_opened = :times"
    " AND timer = :timer AND step = :step"
)
_ASK = Statement(
    "INSERT INTO case_asked (case_id, member_id, times_opened, advisor, at) VALUES"
    " (:case, :member, :times, :advisor, :now) ON CONFLICT (case_id, times_opened, advisor)"
    " DO UPDATE SET at = excluded.at"
)
_ASKED = Statement(
    "SELECT advisor FROM case_asked WHERE case_id = :case AND times_opened = :times ORDER BY at, id"
)


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock that runs, or stands still."""

    id: int
    case: int
    member: MemberId
    times_opened: int
    name: str
    """`first`, `promise:7` …"""
    level: str
    started_at: datetime
    marks: Marks
    next_at: datetime | None
    paused_at: datetime | None
    warned_50_at: datetime | None
    warned_80_at: datetime | None
    breached_at: datetime | None
    climbed: int

    @property
    def timer(self) -> Timer:
        """What it measures."""
        return Timer(self.name.partition(":")[0])

    @property
    def promise(self) -> int:
        """The number of the promise that it is for; 0 for none."""
        return int(self.name.partition(":")[2] or 0)

    def next_mark(self, marks: Marks) -> datetime | None:
        """Return when it rings next with these marks; what rang does not ring again."""
        if self.breached_at is not None:
            return self.next_at
        if self.warned_80_at is not None:
            return marks.due_at
        return marks.half_at if self.warned_50_at is None else marks.most_at


@dataclass(frozen=True, slots=True)
class Ring:
    """What becomes of a clock that rang."""

    next_at: datetime | None
    climbed: int = 0
    half_at: datetime | None = None
    most_at: datetime | None = None
    breached_at: datetime | None = None


def name_of(timer: Timer, promise: int = 0) -> str:
    """Return how a clock is called."""
    return f"{timer}:{promise}" if promise else timer.value


def start(
    uow: UnitOfWork,
    case: Case,
    name: str,
    *,
    level: str,
    tier: str,
    started_at: datetime,
    marks: Marks,
) -> bool:
    """Start a clock of a case; False when one like it runs, which goes on as it is."""
    values = _micros_of(marks) | {"started": micros(started_at), "tier": tier, "level": level}
    return bool(uow.run(_START, **_of(case), timer=name, **values))


def stop(uow: UnitOfWork, clock: Clock, at: datetime, by: Stop, *, used_s: float) -> bool:
    """Stop a clock; False when it has stopped before."""
    return bool(uow.run(_STOP, id=clock.id, at=micros(at), by=by, used=max(0, round(used_s))))


def pause(uow: UnitOfWork, clock: Clock, at: datetime) -> None:
    """Let a clock stand still."""
    uow.run(_PAUSE, id=clock.id, at=micros(at))


def change(
    uow: UnitOfWork, clock: Clock, *, level: str, started_at: datetime, marks: Marks
) -> None:
    """Let a clock run by other marks, and on where it stood still."""
    next_at = clock.next_mark(marks)
    uow.run(
        _SET,
        id=clock.id,
        level=level,
        started=micros(started_at),
        next=None if next_at is None else micros(next_at),
        **_micros_of(marks),
    )


def ring(uow: UnitOfWork, clock: Clock, came: Ring) -> bool:
    """Note that a clock rang; False when somebody else has noted it, or it has stopped."""
    if clock.next_at is None:
        return False
    values = {
        "next": came.next_at,
        "half": came.half_at,
        "most": came.most_at,
        "breached": came.breached_at,
    }
    found = {name: None if at is None else micros(at) for name, at in values.items()}
    return bool(
        uow.run(
            _RING,
            id=clock.id,
            was=micros(clock.next_at),
            climbed=came.climbed,
            climbed_was=clock.climbed,
            **found,
        )
    )


def running_of(uow: UnitOfWork, case: int) -> Sequence[Clock]:
    """Return the clocks of a case that have not stopped, the first due first."""
    return [_clock(row) for row in uow.run(_RUNNING_OF, case=case)]


def running(uow: UnitOfWork) -> Mapping[int, Sequence[Clock]]:
    """Return all clocks that have not stopped, by case; of each case the first due first."""
    found: dict[int, list[Clock]] = {}
    for clock in map(_clock, uow.run(_RUNNING)):
        found.setdefault(clock.case, []).append(clock)
    return found


def due(uow: UnitOfWork, now: datetime, *, most: int) -> Sequence[Clock]:
    """Return the clocks that ring by now, in the order in which they should have."""
    return [_clock(row) for row in uow.run(_DUE, now=micros(now), most=most)]


def next_ring(uow: UnitOfWork, after: datetime) -> datetime | None:
    """Return when a clock rings next; None when none does."""
    found = uow.run(_NEXT, after=micros(after))[0][0]
    return None if found is None else instant(found)


def climb(uow: UnitOfWork, case: Case, name: str, rung: Rung) -> bool:
    """Take a step of the ladder; False when it was taken before, by whomever."""
    now = micros(uow.clock.now())
    return bool(uow.run(_CLIMB, **_of(case), timer=name, step=rung, now=now))


def told(uow: UnitOfWork, case: Case, name: str, rung: Rung, who: str) -> None:
    """Note who was told with a step."""
    values = {"case": case.id, "times": case.times_opened}
    uow.run(_TOLD, **values, timer=name, step=rung, told=who)


def ask(uow: UnitOfWork, case: Case, advisor: str) -> None:
    """Note that an advisor was asked to take a case."""
    uow.run(_ASK, **_of(case), advisor=advisor.lower(), now=micros(uow.clock.now()))


def asked(uow: UnitOfWork, case: Case) -> Collection[str]:
    """Return the userids, in lower case, of all who were asked since the case was opened."""
    return [str(row[0]) for row in uow.run(_ASKED, case=case.id, times=case.times_opened)]


def _of(case: Case) -> dict[str, object]:
    return {"case": case.id, "member": case.member, "times": case.times_opened}


def _micros_of(marks: Marks) -> dict[str, object]:
    return {
        "half": micros(marks.half_at),
        "most": micros(marks.most_at),
        "due": micros(marks.due_at),
    }


def _clock(row: Row) -> Clock:
    number, case, member, times, name, level, started, half, most, due_at = row[:10]
    next_at, paused, warned_50, warned_80, breached = (
        None if value is None else instant(value) for value in row[10:15]
    )
    return Clock(
        integer(number),
        integer(case),
        MemberId(integer(member)),
        integer(times),
        str(name),
        str(level),
        instant(started),
        Marks(instant(half), instant(most), instant(due_at)),
        next_at,
        paused,
        warned_50,
        warned_80,
        breached,
        integer(row[15]),
    )

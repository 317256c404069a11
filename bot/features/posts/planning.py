"""Turns schedules into rows and messages, in bites. Whoever writes a row sends its message.

Nothing elects a leader. A planner moves the schedule's mark on and writes the rows in one
transaction; one that finds the mark moved by another leaves it alone, and the unique row
(schedule, fire, group) stands behind both.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

import structlog

from bot.commons import content
from bot.commons.content import Schedule
from bot.features.posts.rules import FireStatus, Reason, timing_of
from bot.features.posts.settling import Bench, Outcome, left_out
from bot.features.posts.supply import Chooser, Supply
from bot.kernel.errors import BotError
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

log = structlog.get_logger(__name__)

BITE = 1000
"""Rows in one unit of work: the writer is back after a fraction of a second."""
AGAIN_AFTER_S = 60.0
"""When a row is looked at again whose schedule could not be read or failed."""

MARKS = Statement("SELECT schedule, timing, planned_until, under_way, through FROM plan_marks")
_BEGIN = Statement(
    "INSERT INTO plan_marks (schedule, timing, planned_until, through, empty_slots)"
    " VALUES (:schedule, :timing, :now, '', 0) ON CONFLICT (schedule) DO NOTHING"
)
_BEGIN_ANEW = Statement(
    "UPDATE plan_marks SET timing = :timing, planned_until = :now, under_way = NULL,"
    " through = '' WHERE schedule = :schedule AND timing = :seen"
)
_FORGET = Statement("DELETE FROM plan_marks WHERE schedule = :schedule")
_MOVE = Statement(
    "UPDATE plan_marks SET planned_until = :until, under_way = :under_way, through = :through"
    " WHERE schedule = :schedule AND planned_until = :seen_until AND through = :seen_through"
    " RETURNING schedule"
)
CALLED_OFF = Statement(
    "SELECT decided_by FROM called_off WHERE schedule = :schedule AND fire_at = :fire_at"
)
_PUT = Statement(
    "INSERT INTO fires (schedule, target, fire_at, due_at, status, channel, content, revision,"
    " title, reason, parts, key, created_at, decided_by) VALUES (:schedule, :target, :fire_at,"
    " :due_at, :status, :channel, :content, :revision, :title, :reason, :parts, :key, :now,"
    " :decided_by) ON CONFLICT (schedule, fire_at, target) DO NOTHING RETURNING id"
)
OPEN = Statement(
    "SELECT id, schedule, target, fire_at, status, decided_by FROM fires"
    " WHERE status IN ('waiting', 'approved') AND due_at <= :now ORDER BY due_at, id LIMIT :most"
)
_CHANGE = Statement(
    "UPDATE fires SET due_at = :due_at, status = :status, channel = :channel,"
    " content = :content, revision = :revision, title = :title, reason = :reason,"
    " parts = :parts, key = :key, decided_by = :decided_by"
    " WHERE id = :id AND status = :was RETURNING id"
)
_LATER = Statement("UPDATE fires SET due_at = :due_at WHERE id = :id")

_FAILURES = (BotError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What may be wrong with one schedule without stopping the others; the database may not."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something about one fire that operators should hear of."""

    reason: Reason
    schedule: str
    fire_at: datetime
    asks: bool = False
    """True when an operator has to decide."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What one bite came to."""

    more: bool
    alarms: tuple[Alarm, ...] = ()


@dataclass(frozen=True, slots=True)
class _Mark:
    timing: str
    planned_until: datetime
    under_way: datetime | None
    through: str


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that waits for its time, or for the next plan."""

    id: int
    schedule: str
    target: str
    fire_at: datetime
    status: str
    decided_by: str


def plan(uow: UnitOfWork, supply: Supply) -> Planned:
    """Plan what fell due since the last time, at most `BITE` rows."""
    desk = _Desk(uow, supply)
    marks = read_marks(uow)
    active = {n: s for n, s in supply.schedules.items() if not s.paused}
    for name in marks.keys() - active.keys():
        if supply.is_whole or name in supply.schedules:
            uow.run(_FORGET, schedule=name)
    for name, schedule in active.items():
        desk.open(schedule, marks.get(name))
    desk.release()
    return Planned(desk.left <= 0, tuple(desk.alarms))


def read_marks(uow: UnitOfWork) -> Mapping[str, _Mark]:
    """Return how far each schedule is planned."""
    return {
        str(name): _Mark(
            timing=str(timing),
            planned_until=instant(until),
            under_way=None if under_way is None else instant(under_way),
            through=str(through),
        )
        for name, timing, until, under_way, through in uow.run(MARKS)
    }


@dataclass(slots=True)
class _Desk:
    """Where one bite is planned."""

    uow: UnitOfWork
    supply: Supply
    left: int = BITE
    alarms: dict[Alarm, None] = field(default_factory=dict)
    now: datetime = field(init=False)
    _bench: Bench = field(init=False)

    def __post_init__(self) -> None:
        self.now = self.uow.clock.now()
        self._bench = Bench(self.uow, self.supply)

    def open(self, schedule: Schedule, mark: _Mark | None) -> None:
        """Write the rows of the fires since `mark`; begin now when there is none."""
        timing, now = timing_of(schedule), micros(self.now)
        if mark is None:
            self.uow.run(_BEGIN, schedule=schedule.name, timing=timing, now=now)
        elif mark.timing != timing:
            self.uow.run(
                _BEGIN_ANEW, schedule=schedule.name, timing=timing, seen=mark.timing, now=now
            )
        while mark is not None and mark.timing == timing and self.left > 0:
            mark = self._open_next(schedule, mark)

    def _open_next(self, schedule: Schedule, mark: _Mark) -> _Mark | None:
        """Open the fire after `mark`; None when there is none yet, or it could not be opened.

        What is wrong with one schedule stops neither the others nor the house.
        """
        fire_at = mark.planned_until
        try:
            found = content.next_fire(schedule, fire_at, self.supply.crons)
            if found is None or found > self.now:
                return None
            fire_at = found
            with self.uow.attempt():
                return self._open_fire(schedule, fire_at, mark)
        except _FAILURES as exc:
            self._fail(schedule, fire_at, exc)
            return None

    def _fail(self, schedule: Schedule, fire_at: datetime, error: Exception) -> None:
        self._bench.forget()
        log.error("posts.schedule_failed", schedule=schedule.name, exc_info=error)
        self.alarms[Alarm(Reason.BROKEN, schedule.name, fire_at)] = None

    def _open_fire(self, schedule: Schedule, fire_at: datetime, mark: _Mark) -> _Mark | None:
        """Write the next rows of one fire and return the moved mark; None when it was moved."""
        targets = schedule.audience
        begin = _after(targets, mark.through) if mark.under_way == fire_at else 0
        bite = targets[begin : begin + self.left]
        if begin + len(bite) == len(targets):
            moved = _Mark(mark.timing, fire_at, None, "")
        else:
            moved = _Mark(mark.timing, mark.planned_until, fire_at, bite[-1])
        if not self._move(schedule, mark, moved):
            return None
        called_off = self._called_off(schedule.name, fire_at)
        chooser = Chooser(schedule, self.supply.library_of(schedule), fire_at)
        now = micros(self.now)
        for target in bite:
            outcome = called_off or self._bench.settle(chooser, target)
            row = outcome.row(schedule.name, target, fire_at)
            if self.uow.run(_PUT, now=now, **row):
                self._finish(outcome, schedule, fire_at, row["key"])
        self.left -= len(bite)
        return moved

    def _move(self, schedule: Schedule, mark: _Mark, moved: _Mark) -> bool:
        under_way = None if moved.under_way is None else micros(moved.under_way)
        rows = self.uow.run(
            _MOVE,
            schedule=schedule.name,
            until=micros(moved.planned_until),
            under_way=under_way,
            through=moved.through,
            seen_until=micros(mark.planned_until),
            seen_through=mark.through,
        )
        return bool(rows)

    def _called_off(self, schedule: str, fire_at: datetime) -> Outcome | None:
        rows = self.uow.run(CALLED_OFF, schedule=schedule, fire_at=micros(fire_at))
        return left_out(fire_at, Reason.OPERATOR, str(rows[0][0])) if rows else None

    def release(self) -> None:
        """Decide about the rows whose time to leave has come."""
        if self.left <= 0:
            return
        found = [
            _Row(integer(number), str(name), str(target), instant(fire_at), str(status), str(by))
            for number, name, target, fire_at, status, by in self.uow.run(
                OPEN, now=micros(self.now), most=self.left
            )
        ]
        self.left -= len(found)
        found.sort(key=_fire_of)
        for (fire_at, name), rows in groupby(found, _fire_of):
            self._release(name, fire_at, list(rows))

    def _release(self, name: str, fire_at: datetime, rows: Iterable[_Row]) -> None:
        schedule = self.supply.schedules.get(name)
        if schedule is None and not self.supply.is_whole:
            self._put_off(rows)
            return
        try:
            with self.uow.attempt():
                self._decide_all(schedule, name, fire_at, rows)
        except _FAILURES as exc:
            if schedule is not None:
                self._fail(schedule, fire_at, exc)
            self._put_off(rows)

    def _put_off(self, rows: Iterable[_Row]) -> None:
        later = micros(self.now + timedelta(seconds=AGAIN_AFTER_S))
        for row in rows:
            self.uow.run(_LATER, id=row.id, due_at=later)

    def _decide_all(
        self, schedule: Schedule | None, name: str, fire_at: datetime, rows: Iterable[_Row]
    ) -> None:
        """Decide about rows of one fire; without a schedule they are left out."""
        verdict = self._called_off(name, fire_at)
        if schedule is None or schedule.paused:
            reason = Reason.PAUSED if schedule else Reason.GONE
            verdict, chooser = left_out(fire_at, reason), None
        else:
            chooser = Chooser(schedule, self.supply.library_of(schedule), fire_at)
        for row in rows:
            approved = row.status == FireStatus.APPROVED
            outcome = verdict
            if chooser is not None and (approved or verdict is None):
                outcome = self._bench.settle(
                    chooser, row.target, row.decided_by if approved else None
                )
            if outcome is not None:
                self._change(row, outcome, schedule)

    def _change(self, row: _Row, outcome: Outcome, schedule: Schedule | None) -> None:
        values = outcome.row(row.schedule, row.target, row.fire_at)
        if self.uow.run(_CHANGE, id=row.id, was=row.status, **values) and schedule is not None:
            self._finish(outcome, schedule, row.fire_at, values["key"])

    def _finish(self, outcome: Outcome, schedule: Schedule, fire_at: datetime, key: object) -> None:
        """Send what a row of ours tells of, and note what operators should hear."""
        if outcome.file is not None:
            self._bench.send(outcome, schedule, key)
        elif outcome.reason in _ALARMING and not outcome.decided_by:
            asks = outcome.status is FireStatus.ASKED
            self.alarms[Alarm(outcome.reason, schedule.name, fire_at, asks)] = None


def _after(targets: Sequence[str], through: str) -> int:
    """Return where to go on after `through`; from the start when it has left the audience.

    Rows that are there already stay as they are, so that costs time, not a second message.
    """
    return targets.index(through) + 1 if through in targets else 0


def _fire_of(row: _Row) -> tuple[datetime, str]:
    return row.fire_at, row.schedule


_ALARMING = frozenset({Reason.LATE, Reason.NOTHING, Reason.BROKEN, Reason.EXPIRED})

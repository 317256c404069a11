"""Turns schedules into rows and messages, in bites. Whoever writes a row sends its message.

Nothing elects a leader. A planner moves the schedule's mark on and writes the rows in one
transaction; one that finds the mark moved by another leaves it alone, and the unique row
(schedule, fire, group) stands behind both.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

import structlog

from bot.commons import content
from bot.commons.content import ContentFile, Schedule
from bot.features.posts.models import FireStatus
from bot.features.posts.rules import (
    Ask,
    Hold,
    Reason,
    Send,
    Skip,
    decide,
    is_over,
    key_of,
    keys_of,
    parts_of,
    timing_of,
)
from bot.features.posts.supply import Chooser, Press, Supply, used_files
from bot.kernel.errors import BotError, ContentError
from bot.kernel.ids import GroupId
from bot.kernel.messages import Outgoing, Part
from bot.kernel.ports import Group
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

log = structlog.get_logger(__name__)

BITE = 2000
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


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What is decided about one fire for one group."""

    status: FireStatus
    due_at: datetime
    reason: Reason | None = None
    decided_by: str = ""
    group: Group | None = None
    file: ContentFile | None = None
    parts: tuple[Part, ...] = ()


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
    _press: Press = field(init=False)
    _used: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.now = self.uow.clock.now()
        self._press = Press(self.supply.community.name)

    # ── fires whose time has come ───────────────────────────────────────────────────────

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
            fire_at = content.next_fire(schedule, mark.planned_until, self.supply.crons)
            if fire_at is None or fire_at > self.now:
                return
            mark = self._guarded(schedule, fire_at, mark)

    def _guarded(self, schedule: Schedule, fire_at: datetime, mark: _Mark) -> _Mark | None:
        """Open one fire; what is wrong with it stops neither other schedules nor the rest."""
        try:
            with self.uow.attempt():
                return self._open_fire(schedule, fire_at, mark)
        except _FAILURES as exc:
            self._fail(schedule, fire_at, exc)
            return None

    def _fail(self, schedule: Schedule, fire_at: datetime, error: Exception) -> None:
        self._used.clear()  # what was sent in vain counts as unused
        log.error("posts.schedule_failed", schedule=schedule.name, exc_info=error)
        self.alarms[Alarm(Reason.BROKEN, schedule.name, fire_at)] = None

    def _open_fire(self, schedule: Schedule, fire_at: datetime, mark: _Mark) -> _Mark | None:
        """Write the next rows of one fire and return the moved mark; None when it was moved."""
        targets = sorted(schedule.audience)
        begin = bisect_right(targets, mark.through) if mark.under_way == fire_at else 0
        bite = targets[begin : begin + self.left]
        if begin + len(bite) == len(targets):
            moved = _Mark(mark.timing, fire_at, None, "")
        else:
            moved = _Mark(mark.timing, mark.planned_until, fire_at, bite[-1])
        if not self._move(schedule, mark, moved):
            return None
        called_off = self._called_off(schedule.name, fire_at)
        chooser = Chooser(schedule, self.supply.library_of(schedule), fire_at)
        for target in bite:
            outcome = called_off or self._settle(chooser, target)
            rows = self.uow.run(_PUT, **self._row(outcome, schedule.name, target, fire_at))
            if rows:
                self._send(outcome, schedule, target, fire_at)
        self.left -= len(bite)
        return moved

    def _move(self, schedule: Schedule, mark: _Mark, moved: _Mark) -> bool:
        under_way = None if moved.under_way is None else micros(moved.under_way)
        return bool(
            self.uow.run(
                _MOVE,
                schedule=schedule.name,
                until=micros(moved.planned_until),
                under_way=under_way,
                through=moved.through,
                seen_until=micros(mark.planned_until),
                seen_through=mark.through,
            )
        )

    def _called_off(self, schedule: str, fire_at: datetime) -> _Outcome | None:
        rows = self.uow.run(CALLED_OFF, schedule=schedule, fire_at=micros(fire_at))
        return _skipped(fire_at, Reason.OPERATOR, str(rows[0][0])) if rows else None

    # ── rows that waited ────────────────────────────────────────────────────────────────

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
            verdict, chooser = _skipped(fire_at, reason), None
        else:
            chooser = Chooser(schedule, self.supply.library_of(schedule), fire_at)
        for row in rows:
            approved = row.status == FireStatus.APPROVED
            outcome = verdict
            if chooser is not None and (approved or verdict is None):
                outcome = self._settle(chooser, row.target, row.decided_by if approved else None)
            if outcome is not None:
                self._change(row, outcome, schedule)

    def _change(self, row: _Row, outcome: _Outcome, schedule: Schedule | None) -> None:
        values = self._row(outcome, row.schedule, row.target, row.fire_at)
        kept = {name: value for name, value in values.items() if name not in _FIXED}
        if self.uow.run(_CHANGE, id=row.id, was=row.status, **kept) and schedule is not None:
            self._send(outcome, schedule, row.target, row.fire_at)

    # ── one fire for one group ──────────────────────────────────────────────────────────

    def _settle(self, chooser: Chooser, target: str, approved_by: str | None = None) -> _Outcome:
        """Decide about one fire for one group; nothing is written yet."""
        schedule, fire_at = chooser.schedule, chooser.fire_at
        due = content.due_at(schedule, target, fire_at)
        approved = approved_by is not None
        match Send(late=True) if approved else decide(schedule, target, fire_at, self.now):
            case Hold(until):
                return _Outcome(FireStatus.WAITING, until)
            case Skip():
                return _Outcome(FireStatus.SKIPPED, due, Reason.LATE)
            case Ask():
                return _Outcome(FireStatus.ASKED, due, Reason.LATE)
            case Send(late):
                group = self.supply.groups.get(GroupId(target))
                if group is None:
                    return _Outcome(FireStatus.SKIPPED, due, Reason.GONE)
                return self._write(chooser, group, due, late=late, by=approved_by or "")

    def _write(
        self, chooser: Chooser, group: Group, due: datetime, *, late: bool, by: str
    ) -> _Outcome:
        """Choose and render what a group gets."""
        used = self._used_files(chooser.schedule, group.id)
        file = chooser.choose(group.id, used)
        if file is None:
            return _Outcome(FireStatus.EMPTY, due, Reason.NOTHING, by)
        today = content.local_day(chooser.schedule, self.now)
        if is_over(file, today):
            return _Outcome(FireStatus.SKIPPED, due, Reason.EXPIRED, by)
        try:
            words = self._press.words(file, group.name, today)
        except ContentError:
            log.warning("posts.not_rendered", schedule=chooser.schedule.name, file=file.path)
            return _Outcome(FireStatus.EMPTY, due, Reason.BROKEN, by)
        parts = tuple(parts_of(words, file.media, file.title))
        reason = Reason.LATE if late else None
        return _Outcome(FireStatus.PLANNED, due, reason, by, group, file, parts)

    def _used_files(self, schedule: Schedule, target: str) -> set[str]:
        question = (schedule.name, target)
        if question not in self._used:
            self._used[question] = used_files(self.uow, schedule, target)
        return self._used[question]

    def _row(
        self, outcome: _Outcome, schedule: str, target: str, fire_at: datetime
    ) -> dict[str, object]:
        file, sent = outcome.file, outcome.status is FireStatus.PLANNED
        return {
            "schedule": schedule,
            "target": target,
            "fire_at": micros(fire_at),
            "due_at": micros(outcome.due_at),
            "status": outcome.status.value,
            "channel": outcome.group.channel if outcome.group else "",
            "content": file.path if file else "",
            "revision": file.revision if file else "",
            "title": file.title if file else "",
            "reason": outcome.reason.value if outcome.reason else "",
            "parts": len(outcome.parts),
            "key": key_of(schedule, target, fire_at) if sent else "",
            "now": micros(self.now),
            "decided_by": outcome.decided_by,
        }

    def _send(self, outcome: _Outcome, schedule: Schedule, target: str, fire_at: datetime) -> None:
        """Queue the messages of a row that is ours, and note what operators should hear."""
        if outcome.reason in _ALARMING and outcome.group is None and not outcome.decided_by:
            asks = outcome.status is FireStatus.ASKED
            self.alarms[Alarm(outcome.reason, schedule.name, fire_at, asks)] = None
        if outcome.group is None or outcome.file is None:
            return
        self._used_files(schedule, target).add(outcome.file.path)
        keys = keys_of(key_of(schedule.name, target, fire_at), len(outcome.parts))
        for key, part in zip(keys, outcome.parts, strict=True):
            self.uow.send(
                Outgoing(
                    channel=outcome.group.channel,
                    recipient=outcome.group.recipient,
                    part=part,
                    key=key,
                    why=f"schedule:{schedule.name}",
                    to_group=True,
                )
            )


def _fire_of(row: _Row) -> tuple[datetime, str]:
    return row.fire_at, row.schedule


_FIXED = frozenset({"schedule", "target", "fire_at", "now"})
_ALARMING = frozenset({Reason.LATE, Reason.NOTHING, Reason.BROKEN, Reason.EXPIRED})


def _skipped(fire_at: datetime, reason: Reason, by: str = "") -> _Outcome:
    return _Outcome(FireStatus.SKIPPED, fire_at, reason, by)

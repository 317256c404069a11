"""Looks ahead: what will go out, which slots would be empty, which files are wrong."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from pathlib import Path

from bot.commons import content
from bot.commons.content import ContentFile, Schedule
from bot.features.posts.rules import foreseen_until
from bot.features.posts.supply import Chooser, Supply, used_files
from bot.kernel.errors import Problem
from bot.kernel.ids import GroupId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, micros

GROUPS_WATCHED = 100
"""Groups of one schedule that are looked at: those that have been in it for longest, because
they run out of files first."""
FIRES_WATCHED = 200
"""Fires of one schedule that are looked at."""
ROWS_WATCHED = 10_000
"""Rows of one schedule that wait for their time and are looked at."""

LONGEST = Statement(
    "SELECT target FROM fires WHERE schedule = :schedule ORDER BY fire_at, target LIMIT :most"
)
WAITING = Statement(
    "SELECT fire_at, target FROM fires WHERE status IN ('waiting', 'approved')"
    " AND due_at > :now AND schedule = :schedule ORDER BY fire_at, id LIMIT :most"
)
_CALLED_OFF = Statement(
    "SELECT schedule, fire_at, decided_by FROM called_off WHERE fire_at > :after"
)
_COUNT_EMPTY = Statement(
    "UPDATE plan_marks SET empty_slots = :empty"
    " WHERE schedule = :schedule AND empty_slots <> :empty"
)


@dataclass(frozen=True, slots=True)
class Coming:
    """What one fire will bring to those groups that get the same; `file` None is a gap."""

    schedule: Schedule
    fire_at: datetime
    due_at: datetime
    groups: tuple[GroupId, ...]
    file: ContentFile | None
    called_off_by: str = ""

    @property
    def is_empty(self) -> bool:
        """True when there will be nothing to send."""
        return self.file is None and not self.called_off_by


def coming(uow: UnitOfWork, supply: Supply, until: datetime) -> list[Coming]:
    """Return what goes out from now on, as far as the files of today tell, by time.

    What an earlier fire uses up is not there for a later one.
    """
    called_off = _called_off(uow)
    found: list[Coming] = []
    for schedule in supply.schedules.values():
        if not schedule.paused:
            found += _coming(uow, supply, schedule, until, called_off)
    return sorted(found, key=lambda each: (each.due_at, each.schedule.name))


def _called_off(uow: UnitOfWork) -> Mapping[tuple[str, datetime], str]:
    after = micros(uow.clock.now()) - _HELD_AT_MOST
    rows = uow.run(_CALLED_OFF, after=after)
    return {(str(name), instant(fire_at)): str(by) for name, fire_at, by in rows}


_HELD_AT_MOST = 2 * 86_400_000_000
"""Jitter and quiet hours together, in microseconds, with room to spare."""


def _coming(
    uow: UnitOfWork,
    supply: Supply,
    schedule: Schedule,
    until: datetime,
    called_off: Mapping[tuple[str, datetime], str],
) -> Iterator[Coming]:
    watched = _watched(uow, schedule)
    used = {target: used_files(uow, schedule, target) for target in watched}
    library = supply.library_of(schedule)
    fires = _fires(uow, supply, schedule, until, watched)
    for fire_at, targets_left in islice(fires, FIRES_WATCHED):
        by = called_off.get((schedule.name, fire_at), "")
        chooser = Chooser(schedule, library, fire_at)
        shares: dict[ContentFile | None, list[GroupId]] = {}
        for target in targets_left:
            file = None if by else chooser.choose(target, used[target])
            shares.setdefault(file, []).append(target)
            used[target] |= {file.path} if file and not schedule.file else set()
        for file, targets in shares.items():
            due_at = content.due_at(schedule, targets[0], fire_at)
            yield Coming(schedule, fire_at, due_at, tuple(targets), file, by)


def _watched(uow: UnitOfWork, schedule: Schedule) -> Sequence[GroupId]:
    if len(schedule.audience) <= GROUPS_WATCHED:
        return schedule.audience
    rows = uow.run(LONGEST, schedule=schedule.name, most=GROUPS_WATCHED)
    audience = set(schedule.audience)
    oldest = [GroupId(str(target)) for (target,) in rows if target in audience]
    return tuple(dict.fromkeys([*oldest, *schedule.audience]))[:GROUPS_WATCHED]


def _fires(
    uow: UnitOfWork,
    supply: Supply,
    schedule: Schedule,
    until: datetime,
    watched: Sequence[GroupId],
) -> Iterator[tuple[datetime, Sequence[GroupId]]]:
    """Yield the fires that wait for their time, then those to come, with the groups they are for.

    Jitter lets the groups of one fire have it one after the other: those that have it are left out.
    """
    now = uow.clock.now()
    rows = uow.run(WAITING, schedule=schedule.name, now=micros(now), most=ROWS_WATCHED)
    for fire_at, waiting in groupby(rows, lambda row: row[0]):
        targets = {target for _, target in waiting}
        yield instant(fire_at), [each for each in watched if each in targets]
    at = content.next_fire(schedule, now, supply.crons)
    while at is not None and at <= until:
        yield at, watched
        at = content.next_fire(schedule, at, supply.crons)


def foresee(uow: UnitOfWork, supply: Supply) -> list[Coming]:
    """Return the slots until tomorrow night that would be empty, and count them."""
    until = foreseen_until(uow.clock.now(), supply.community.zone)
    empty = [each for each in coming(uow, supply, until) if each.is_empty]
    for name in supply.schedules:
        count = len({each.fire_at for each in empty if each.schedule.name == name})
        uow.run(_COUNT_EMPTY, schedule=name, empty=count)
    return empty


@dataclass(frozen=True, slots=True)
class WrongFile:
    """A file with mistakes. `revision` changes with its words and with what is wrong."""

    path: str
    revision: str
    problems: tuple[Problem, ...]


def wrong_files(supply: Supply) -> list[WrongFile]:
    """Return the files that are left out because of mistakes; warnings do not count."""
    shelved = supply.shelved
    problems = sorted(
        problem
        for problem in (*shelved.library.problems, *shelved.timetable.problems)
        if not problem.warning
    )
    return [
        WrongFile(path, _revision(path, found), tuple(found))
        for path, found in ((p, list(g)) for p, g in groupby(problems, lambda each: each.path))
    ]


def _revision(path: str, problems: Sequence[Problem]) -> str:
    try:
        raw = Path(path).read_bytes()
    except OSError:
        raw = b""
    return hashlib.sha256(raw + "\n".join(map(str, problems)).encode()).hexdigest()[:12]

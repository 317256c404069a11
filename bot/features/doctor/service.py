"""Use cases of check-ups: ask for one, keep what it finds, show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.commons import audit
from bot.kernel.checkup import Examined, Level
from bot.kernel.errors import Refusal
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

EXAMINE = "doctor.examine"
"""The room's errand."""
_KEPT = 30
"""So many check-ups are kept."""

_ASK = Statement(
    "INSERT INTO doctor_runs (asked_by, asked_at, doors, done) SELECT :who, :now, 0, 0"
    " WHERE NOT EXISTS (SELECT 1 FROM doctor_runs WHERE ended_at IS NULL) RETURNING id"
)
_NEXT = Statement("SELECT id FROM doctor_runs WHERE ended_at IS NULL ORDER BY id LIMIT 1")
_ANEW = Statement("DELETE FROM doctor_findings WHERE run_id = :run")
_BEGIN = Statement(
    "UPDATE doctor_runs SET doors = :doors, done = 0 WHERE id = :run AND ended_at IS NULL"
)
_KEEP = Statement(
    'INSERT INTO doctor_findings (run_id, door, place, "check", level, message, hint, key)'
    " VALUES (:run, :door, :place, :check, :level, :message, :hint, :key)"
    " ON CONFLICT (run_id, door, place) DO NOTHING"
)
_DONE = Statement("UPDATE doctor_runs SET done = :done WHERE id = :run")
_END = Statement("UPDATE doctor_runs SET ended_at = :now WHERE id = :run AND ended_at IS NULL")
_OLD = (
    "SELECT id FROM doctor_runs WHERE ended_at IS NOT NULL AND id NOT IN"
    " (SELECT id FROM doctor_runs ORDER BY id DESC LIMIT :kept)"
)
_FORGET_FINDINGS = Statement(f"DELETE FROM doctor_findings WHERE run_id IN ({_OLD})")
_FORGET = Statement(f"DELETE FROM doctor_runs WHERE id IN ({_OLD})")
_RUNS = Statement(
    "SELECT r.id, r.asked_by, r.asked_at, r.doors, r.done, r.ended_at,"
    " (SELECT count(*) FROM doctor_findings f WHERE f.run_id = r.id AND f.level = 'problem'),"
    " (SELECT count(*) FROM doctor_findings f WHERE f.run_id = r.id"
    " AND f.level IN ('warning', 'outside'))"
    " FROM doctor_runs r ORDER BY r.id DESC LIMIT :most"
)
_FINDINGS = Statement(
    'SELECT door, "check", level, message, hint, key FROM doctor_findings'
    " WHERE run_id = :run ORDER BY place"
)


class UnderWay(Refusal):
    """A check-up is under way already; nothing was written."""

    template = "doctor/asked.txt.j2"


@dataclass(frozen=True, slots=True)
class Run:
    """A check-up as operators see it."""

    id: int
    asked_by: str
    asked_at: datetime
    doors: int
    done: int
    ended_at: datetime | None
    problems: int
    doubts: int


@dataclass(frozen=True, slots=True)
class Found:
    """One line of what was found about a door."""

    check: str
    level: Level
    message: str
    hint: str
    key: str


def ask(uow: UnitOfWork, who: str) -> None:
    """Have everything examined.

    Raises:
        UnderWay: one is not over yet.
    """
    uow.take_turns({"doctor"})
    if not uow.run(_ASK, who=who, now=micros(uow.clock.now())):
        raise UnderWay("one is not over", asked=False)
    audit.record(uow, who, "doctor.asked", "")


def next_run(uow: UnitOfWork) -> int | None:
    """Return the check-up that was asked for and is not over."""
    rows = uow.run(_NEXT)
    return integer(rows[0][0]) if rows else None


def begin(uow: UnitOfWork, run: int, *, doors: int) -> None:
    """Begin a check-up, anew when it broke off."""
    uow.run(_ANEW, run=run)
    uow.run(_BEGIN, run=run, doors=doors)


def keep(uow: UnitOfWork, run: int, found: Sequence[Examined], *, done: int) -> None:
    """Keep what was found about one door; `done` doors have been examined now."""
    for number, one in enumerate(found):
        finding = one.finding
        uow.run(
            _KEEP,
            run=run,
            door=one.door,
            place=done * 1000 + number,
            check=finding.check,
            level=finding.level.value,
            message=finding.message,
            hint=finding.hint,
            key=".".join(map(str, one.at)),
        )
    uow.run(_DONE, run=run, done=done)


def end(uow: UnitOfWork, run: int) -> None:
    """Note that a check-up is over, and forget those of long ago."""
    uow.run(_END, run=run, now=micros(uow.clock.now()))
    uow.run(_FORGET_FINDINGS, kept=_KEPT)
    uow.run(_FORGET, kept=_KEPT)


def runs(uow: UnitOfWork, *, most: int) -> list[Run]:
    """Return the check-ups, the newest first."""
    return [_run(row) for row in uow.run(_RUNS, most=most)]


def findings(uow: UnitOfWork, run: int) -> Mapping[str, Sequence[Found]]:
    """Return what one found, by door and in order."""
    by_door: dict[str, list[Found]] = {}
    for door, check, level, message, hint, key in uow.run(_FINDINGS, run=run):
        found = Found(str(check), Level(str(level)), str(message), str(hint), str(key))
        by_door.setdefault(str(door), []).append(found)
    return by_door


def _run(row: Row) -> Run:
    number, who, asked, doors, done, ended, problems, doubts = row
    return Run(
        integer(number),
        str(who),
        instant(asked),
        integer(doors),
        integer(done),
        None if ended is None else instant(ended),
        integer(problems),
        integer(doubts),
    )

"""Absences of advisors: ill, on holiday; entered by somebody, ended early by somebody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.commons import audit
from bot.kernel.errors import Refusal
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

WHY_CHARS = 200
LONGEST = timedelta(days=366)
_KEPT = timedelta(days=400)

_COLUMNS = "SELECT id, advisor, kind, since, until, why, who, at FROM duty_absences"
_LASTING = Statement(f"{_COLUMNS} WHERE until > :since ORDER BY since, id")
_GET = Statement(f"{_COLUMNS} WHERE id = :id")
_SAME = Statement(
    "SELECT 1 FROM duty_absences WHERE advisor = :advisor AND since <= :since AND until >= :until"
)
_ADD = Statement(
    "INSERT INTO duty_absences (advisor, kind, since, until, why, who, at, ended_by)"
    " VALUES (:advisor, :kind, :since, :until, :why, :who, :now, '') RETURNING id"
)
_FORGET = Statement("DELETE FROM duty_absences WHERE until < :before")
_END = Statement(
    "UPDATE duty_absences SET until = CASE WHEN since > :now THEN since ELSE :now END,"
    " ended_by = :who WHERE id = :id AND until > :now AND until > since RETURNING advisor"
)


class AbsenceKind(StrEnum):
    """Why somebody does not work."""

    SICK = "sick"
    HOLIDAY = "holiday"
    OTHER = "other"


class AbsenceRefused(Refusal):
    """An absence that can't be; nothing was written."""

    template = "roster/refused.txt.j2"

    def __init__(self, why: str) -> None:
        super().__init__(why, why=why)


@dataclass(frozen=True, slots=True)
class Absence:
    """A time in which an advisor does not work."""

    id: int
    advisor: str
    """Her userid of now, in lower case."""
    kind: AbsenceKind
    since: datetime
    until: datetime
    """She is back."""
    why: str
    who: str
    """Who entered it."""
    at: datetime

    def covers(self, at: datetime) -> bool:
        """Return whether she is absent at an instant."""
        return self.since <= at < self.until


def enter_absence(
    uow: UnitOfWork,
    advisor: str,
    kind: AbsenceKind,
    since: datetime,
    until: datetime,
    *,
    why: str,
    who: str,
) -> int:
    """Write down that an advisor does not work for a time; return its number.

    Args:
        uow: the unit of work.
        advisor: her userid of now.
        kind: why, in a word.
        since: from when on; the past is fine.
        until: when she is back.
        why: more about it, may be empty.
        who: an operator's name, or hers.

    Raises:
        AbsenceRefused: it is over, too long, turned round, or entered already.
    """
    name = advisor.lower()
    uow.take_turns([f"duty:{name}"])  # the same form twice at once
    check_absence(uow, name, since, until)
    times = {"since": micros(since), "until": micros(until)}
    words = " ".join(why.split())[:WHY_CHARS]
    now = micros(uow.clock.now())
    rows = uow.run(_ADD, advisor=name, kind=kind, **times, why=words, who=who, now=now)
    span = f"{since.isoformat()} {until.isoformat()}"
    audit.record(uow, who, "roster.absent", f"{name} {span}")
    return integer(rows[0][0])


def check_absence(uow: UnitOfWork, advisor: str, since: datetime, until: datetime) -> None:
    """Refuse an absence as `enter_absence` would.

    Raises:
        AbsenceRefused: as there.
    """
    if until <= since:
        raise AbsenceRefused("turned")
    if until <= uow.clock.now():
        raise AbsenceRefused("over")
    if until - since > LONGEST:
        raise AbsenceRefused("long")
    times = {"since": micros(since), "until": micros(until)}
    if uow.run(_SAME, advisor=advisor.lower(), **times):
        raise AbsenceRefused("known")


def end_absence(uow: UnitOfWork, number: int, *, who: str) -> Absence:
    """End an absence now; one that has not begun never was. To undo, enter it again.

    Raises:
        AbsenceRefused: there is none, or it is over.
    """
    before = find_absence(uow, number)
    if before is None or not uow.run(_END, id=number, now=micros(uow.clock.now()), who=who):
        raise AbsenceRefused("none")
    audit.record(uow, who, "roster.back", f"{before.advisor} {number}")
    return before


def forget_absences(uow: UnitOfWork) -> None:
    """Delete absences that were over 400 days ago."""
    uow.run(_FORGET, before=micros(uow.clock.now() - _KEPT))


def find_absence(uow: UnitOfWork, number: int) -> Absence | None:
    """Return an absence; None for none."""
    rows = uow.run(_GET, id=number)
    return _absence(rows[0]) if rows else None


def absences(uow: UnitOfWork, since: datetime) -> Sequence[Absence]:
    """Return the absences that last beyond an instant, also those to come, the first first."""
    return [
        one
        for one in map(_absence, uow.run(_LASTING, since=micros(since)))
        if one.since < one.until
    ]


def _absence(row: Row) -> Absence:
    number, advisor, kind, since, until, why, who, at = row
    return Absence(
        integer(number),
        str(advisor),
        AbsenceKind(str(kind)),
        instant(since),
        instant(until),
        str(why),
        str(who),
        instant(at),
    )

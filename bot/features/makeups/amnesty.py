"""Use cases of an amnesty (补发): days for everybody whom an outage kept from checking in.

Affected is who checked in on the day before and not on all days of the outage. It is given, and
taken back, in bites by a job; dying in between means going on where it stopped.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.commons import audit, checkins, points
from bot.commons.checkins import DAY, CheckinSettings
from bot.kernel.errors import Refusal
from bot.kernel.events import CheckInTakenBack, CheckinWay
from bot.kernel.ids import MemberId
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

BITE = 50
"""So many members in one unit of work."""
MOST_DAYS = 7
OLDEST_DAYS = 60

_AFFECTED = (
    " FROM checkins c WHERE c.day = :before AND (SELECT COUNT(*) FROM checkins d"
    " WHERE d.member_id = c.member_id AND d.day BETWEEN :first AND :last) < :days"
)
COUNT_AFFECTED = Statement(f"SELECT COUNT(*){_AFFECTED}")
BITE_AFFECTED = Statement(
    f"SELECT c.member_id{_AFFECTED} AND c.member_id >= :next ORDER BY c.member_id LIMIT :most"
)
_BEGIN = Statement(
    "INSERT INTO amnesties (first_day, last_day, reason, who, at, state, next_member, expected,"
    " people, days, undone_by, undone_why) VALUES (:first, :last, :why, :who, :now, 'granting', 0,"
    " :expected, 0, 0, '', '') RETURNING id"
)
_COLUMNS = (
    "id, first_day, last_day, reason, who, at, state, next_member, expected, people, days,"
    " undone_by, undone_why"
)
# The row is locked by this on PostgreSQL: two replicas take one bite after the other.
_TAKE = Statement(
    "UPDATE amnesties SET state = state WHERE id = (SELECT MIN(id) FROM amnesties"
    " WHERE state IN ('granting', 'undoing')) AND state IN ('granting', 'undoing')"
    f" RETURNING {_COLUMNS}"
)
_GIVEN = Statement(
    "INSERT INTO amnesty_days (amnesty_id, member_id, day, points, key)"
    " VALUES (:amnesty, :member, :day, :points, :key)"
)
_ON = Statement(
    "UPDATE amnesties SET next_member = :next, people = people + :people, days = days + :days,"
    " state = :state WHERE id = :amnesty"
)
_UNDO = Statement(
    "UPDATE amnesties SET state = 'undoing', undone_by = :who, undone_why = :why"
    f" WHERE id = :amnesty AND state IN ('granting', 'granted') RETURNING {_COLUMNS}"
)
_TO_UNDO = Statement(
    "SELECT member_id, day, points, key FROM amnesty_days WHERE amnesty_id = :amnesty"
    " ORDER BY member_id, day LIMIT :most"
)
_FORGET = Statement(
    "DELETE FROM amnesty_days WHERE amnesty_id = :amnesty AND member_id = :member AND day = :day"
)
_LATEST = Statement(f"SELECT {_COLUMNS} FROM amnesties ORDER BY id DESC LIMIT :most")
_COUNT_UNDER_WAY = Statement(
    "SELECT COUNT(*) FROM amnesties WHERE state IN ('granting', 'undoing')"
)
_LEFT = Statement("SELECT COUNT(*) FROM amnesty_days WHERE amnesty_id = :amnesty")


class AmnestyState(StrEnum):
    """Where an amnesty (补发) stands."""

    GRANTING = "granting"
    GRANTED = "granted"
    UNDOING = "undoing"
    UNDONE = "undone"


class NoAmnesty(Refusal):
    """It can't be given or taken back; `why` is a word of the template."""

    template = "makeups/no_amnesty.txt.j2"

    def __init__(self, why: str, **words: object) -> None:
        super().__init__(why, why=why, **words)


@dataclass(frozen=True, slots=True)
class Outage:
    """The days on which nobody could check in, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> Sequence[date]:
        """All of them."""
        return [self.first + number * DAY for number in range((self.last - self.first).days + 1)]


@dataclass(frozen=True, slots=True)
class View:
    """An amnesty as it stands."""

    id: int
    outage: Outage
    reason: str
    who: str
    at: datetime
    state: AmnestyState
    next_member: int
    expected: int
    people: int
    days: int
    undone_by: str
    undone_why: str


def check_days(outage: Outage, today: date) -> None:
    """Refuse days that can't be given.

    Raises:
        NoAmnesty: they are not over, too many, too long ago, or in the wrong order.
    """
    if outage.last < outage.first:
        raise NoAmnesty("order")
    if outage.last >= today:
        raise NoAmnesty("not_over", today=today)
    if len(outage.days) > MOST_DAYS:
        raise NoAmnesty("many", most=MOST_DAYS)
    if outage.first < today - OLDEST_DAYS * DAY:
        raise NoAmnesty("old", most=OLDEST_DAYS)


def count_affected(uow: UnitOfWork, outage: Outage) -> int:
    """Return how many members would be given a day."""
    return integer(uow.run(COUNT_AFFECTED, **_span(outage))[0][0])


def _span(outage: Outage) -> dict[str, object]:
    return {
        "before": (outage.first - DAY).isoformat(),
        "first": outage.first.isoformat(),
        "last": outage.last.isoformat(),
        "days": len(outage.days),
    }


def grant(uow: UnitOfWork, outage: Outage, today: date, *, who: str, why: str) -> View:
    """Decide that everybody affected is given the days; a job gives them.

    Raises:
        NoAmnesty: no such days, nobody is affected, or there is no reason.
    """
    check_days(outage, today)
    if not why.strip():
        raise NoAmnesty("reason")
    if not (expected := count_affected(uow, outage)):
        raise NoAmnesty("nobody")
    uow.run(
        _BEGIN,
        first=outage.first.isoformat(),
        last=outage.last.isoformat(),
        why=why.strip(),
        who=who,
        now=micros(uow.clock.now()),
        expected=expected,
    )
    span = f"{outage.first} to {outage.last}"
    audit.record(uow, who, "checkin.amnesty", f"{span}, {expected} members: {why.strip()}")
    return latest(uow, most=1)[0]


def undo(uow: UnitOfWork, number: int, *, who: str, why: str) -> View:
    """Decide that the days are taken back; a job does, and reverses what was booked for them.

    Raises:
        NoAmnesty: there is no such amnesty, or it was undone before.
    """
    if not why.strip():
        raise NoAmnesty("reason")
    rows = uow.run(_UNDO, amnesty=number, who=who, why=why.strip())
    if not rows:
        raise NoAmnesty("gone")
    found = _view(rows[0])
    audit.record(uow, who, "checkin.amnesty_undone", f"{found.people} members: {why.strip()}")
    return found


def go_on(uow: UnitOfWork, settings: CheckinSettings) -> bool:
    """Give or take back one bite; False when there is nothing to do."""
    rows = uow.run(_TAKE)
    if not rows:
        return False
    found = _view(rows[0])
    if found.state is AmnestyState.GRANTING:
        _grant_some(uow, found, settings)
    else:
        _undo_some(uow, found)
    return True


def _grant_some(uow: UnitOfWork, found: View, settings: CheckinSettings) -> None:
    rows = uow.run(BITE_AFFECTED, **_span(found.outage), next=found.next_member, most=BITE)
    affected = [MemberId(integer(row[0])) for row in rows]
    given = [sum(_give(uow, found, member, settings)) for member in affected]
    is_over = len(affected) < BITE
    uow.run(
        _ON,
        amnesty=found.id,
        next=affected[-1] + 1 if affected else found.next_member,
        people=sum(1 for days in given if days),
        days=sum(given),
        state=AmnestyState.GRANTED if is_over else AmnestyState.GRANTING,
    )
    if is_over:
        people = found.people + sum(1 for days in given if days)
        audit.record(uow, "bot", "checkin.amnesty_given", f"amnesty {found.id}: {people} members")


def _give(
    uow: UnitOfWork, found: View, member: MemberId, settings: CheckinSettings
) -> Iterator[bool]:
    for day in found.outage.days:
        key = f"amnesty:{found.id}:{day}:{member}"
        values = {"amnesty": found.id, "member": member, "day": day.isoformat(), "key": key}
        way = CheckinWay.AMNESTY
        try:
            told = checkins.check_in(uow, member, day, found.at, settings, way=way, key=key)
        except checkins.AlreadyCheckedIn:
            continue
        uow.run(_GIVEN, **values, points=told.won)
        yield True


def _undo_some(uow: UnitOfWork, found: View) -> None:
    rows = uow.run(_TO_UNDO, amnesty=found.id, most=BITE)
    for row in rows:
        _take_back(uow, found, row)
    checkins.count_again(uow, *sorted({MemberId(integer(row[0])) for row in rows}))
    if len(rows) < BITE:
        values = {"amnesty": found.id, "next": found.next_member, "people": 0, "days": 0}
        uow.run(_ON, state=AmnestyState.UNDONE, **values)


def _take_back(uow: UnitOfWork, found: View, row: Row) -> None:
    member, day, keys = MemberId(integer(row[0])), str(row[1]), str(row[3]).split()
    uow.run(_FORGET, amnesty=found.id, member=member, day=day)
    if not checkins.take_back(uow, member, date.fromisoformat(day), found.at):
        return  # another check-in of that day has come in its place
    for key in keys:
        if points.is_booked(uow, key):
            points.reverse(uow, key, made_by=found.undone_by, why=found.undone_why)
    uow.publish(CheckInTakenBack(member, date.fromisoformat(day)))


def latest(uow: UnitOfWork, *, most: int) -> list[View]:
    """Return the amnesties, the newest first."""
    return [_view(row) for row in uow.run(_LATEST, most=most)]


def days_left(uow: UnitOfWork, number: int) -> int:
    """Return how many given days are still there."""
    return integer(uow.run(_LEFT, amnesty=number)[0][0])


def count_under_way(uow: UnitOfWork) -> float:
    """Return how many amnesties are being given or taken back."""
    return integer(uow.run(_COUNT_UNDER_WAY)[0][0])


def _view(row: Row) -> View:
    number, first, last, reason, who, at, state, following, expected, people, days = row[:11]
    return View(
        id=integer(number),
        outage=Outage(date.fromisoformat(str(first)), date.fromisoformat(str(last))),
        reason=str(reason),
        who=str(who),
        at=instant(at),
        state=AmnestyState(str(state)),
        next_member=integer(following),
        expected=integer(expected),
        people=integer(people),
        days=integer(days),
        undone_by=str(row[11]),
        undone_why=str(row[12]),
    )

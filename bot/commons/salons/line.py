"""The line for a salon: strictly in the order in which people wrote, nobody overtakes.

Whoever does not fit with her guests keeps her place in front and is told how many fit.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.commons.salons.counting import fits
from bot.commons.salons.kinds import News, State
from bot.commons.salons.reads import SalonView, held, taken
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer, micros

_FIRST = Statement(
    "SELECT member_id, heads FROM salon_signups WHERE salon_id = :salon AND state = 'waiting'"
    " ORDER BY at, number LIMIT 1"
)
_PROMOTE = Statement(
    "UPDATE salon_signups SET state = 'in', in_at = :now, tell = 'promoted', changes = changes + 1"
    " WHERE salon_id = :salon AND member_id = :member AND state = 'waiting'"
)
_ASK = Statement(
    "UPDATE salon_signups SET tell = 'too_many'"
    " WHERE salon_id = :salon AND member_id = :member AND tell = ''"
)
_WITH_A_LINE = Statement(
    "SELECT DISTINCT u.salon_id FROM salon_signups u JOIN salons s ON s.id = u.salon_id"
    " WHERE u.state = 'waiting' AND s.state = 'open' AND s.starts_at > :now ORDER BY u.salon_id"
)
_UNTOLD = Statement(
    "SELECT u.salon_id, u.member_id, u.tell FROM salon_signups u"
    " WHERE u.tell IN ('promoted', 'too_many') ORDER BY u.salon_id, u.at, u.number LIMIT :most"
)
_TOLD = Statement(
    "UPDATE salon_signups SET tell = CASE tell WHEN 'too_many' THEN 'asked' ELSE '' END"
    " WHERE salon_id = :salon AND member_id = :member"
)


@dataclass(frozen=True, slots=True)
class Untold:
    """Somebody who has to be told that it is her turn."""

    salon: int
    member: MemberId
    what: News


def settle(uow: UnitOfWork, found: SalonView, at: datetime) -> None:
    """Give free places to those in front of the line, as long as they fit.

    Args:
        uow: the unit of work.
        found: the salon, held.
        at: nothing is given from its beginning on.
    """
    if found.state is not State.OPEN or at >= found.starts_at:
        return
    has = taken(uow, found.id)
    while rows := uow.run(_FIRST, salon=found.id):
        member, heads = rows[0][0], integer(rows[0][1])
        if not fits(found.capacity, has, heads):
            if found.capacity is not None and has < found.capacity:
                uow.run(_ASK, salon=found.id, member=member)
            return
        uow.run(_PROMOTE, salon=found.id, member=member, now=micros(uow.clock.now()))
        has += heads


def settle_all(uow: UnitOfWork) -> None:
    """Give places that became free by whatever way: a member was erased, two became one."""
    now = uow.clock.now()
    for (number,) in uow.run(_WITH_A_LINE, now=micros(now)):
        found = held(uow, integer(number))
        if found is not None:
            settle(uow, found, now)


def untold(uow: UnitOfWork, *, most: int) -> list[Untold]:
    """Return those who have not heard yet that it is their turn."""
    rows = uow.run(_UNTOLD, most=most)
    return [
        Untold(integer(salon), MemberId(integer(her)), News(str(what))) for salon, her, what in rows
    ]


def heard(uow: UnitOfWork, salon: int, member: MemberId) -> None:
    """Note that a member has been told how it stands."""
    uow.run(_TOLD, salon=salon, member=member)

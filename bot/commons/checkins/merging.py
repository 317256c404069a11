"""How check-ins are taken back, or go over when a member turns out to be another, and back."""

from datetime import date, datetime
from typing import Any

from bot.commons.checkins.rules import streak_of_days
from bot.kernel.ids import MemberId
from bot.kernel.merging import Mover, by_key, earlier
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import micros

_DAYS = Statement("SELECT day FROM checkins WHERE member_id = :member ORDER BY day")
# A check-in that comes at the same moment waits for the count, or the count for it.
_HOLD = Statement("UPDATE streaks SET days = days WHERE member_id = :member")
_TAKE_BACK = Statement(
    "DELETE FROM checkins WHERE member_id = :member AND day = :day AND at = :at RETURNING day"
)
_FORGET = Statement("DELETE FROM streaks WHERE member_id = :member")
_STREAK = Statement(
    "INSERT INTO streaks (member_id, last_day, days, best_days, total_days)"
    " VALUES (:member, :last_day, :days, :best_days, :total_days)"
)


# Of two check-ins on one day the earlier stays, and the points of both
_days = by_key("checkins", ["day"], ["at"], earlier("at"))


def _move(uow: UnitOfWork, goes: MemberId, stays: MemberId) -> object:
    moved = _days.move(uow, goes, stays)
    count_again(uow, goes, stays)
    return moved


def _back(uow: UnitOfWork, goes: MemberId, stays: MemberId, moved: Any) -> None:
    _days.back(uow, goes, stays, moved)
    count_again(uow, goes, stays)


def take_back(uow: UnitOfWork, member: MemberId, day: date, at: datetime) -> bool:
    """Delete the check-in of a day that was made at `at`; False when there is none.

    The days in a row are to be counted again afterwards, of a member's days all at once.
    """
    values = {"member": member, "day": day.isoformat(), "at": micros(at)}
    return bool(uow.run(_TAKE_BACK, **values))


def count_again(uow: UnitOfWork, *members: MemberId) -> None:
    """Keep as streaks what the days of members amount to."""
    for member in members:
        uow.run(_HOLD, member=member)
        days = [date.fromisoformat(str(day)) for (day,) in uow.run(_DAYS, member=member)]
        uow.run(_FORGET, member=member)
        if (streak := streak_of_days(days)) is not None:
            uow.run(
                _STREAK,
                member=member,
                last_day=streak.last_day.isoformat(),
                days=streak.days,
                best_days=streak.best_days,
                total_days=streak.total_days,
            )


mover = Mover(("checkins", "streaks"), _move, _back)

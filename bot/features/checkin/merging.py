"""How a member's check-ins go over when she turns out to be another member, and back."""

from datetime import date
from typing import Any

from bot.features.checkin.rules import streak_of_days
from bot.kernel.ids import MemberId
from bot.kernel.merging import Fields, Mover, by_key
from bot.kernel.work import Statement, UnitOfWork

_DAYS = Statement("SELECT day FROM checkins WHERE member_id = :member ORDER BY day")
_FORGET = Statement("DELETE FROM streaks WHERE member_id = :member")
_STREAK = Statement(
    "INSERT INTO streaks (member_id, last_day, days, best_days, total_days)"
    " VALUES (:member, :last_day, :days, :best_days, :total_days)"
)


def _earlier(hers: Fields, gone: Fields) -> Fields:
    """Return one check-in of two on the same day; the points of both stay."""
    return min(hers, gone, key=lambda row: row["at"])


_days = by_key("checkins", ["day"], ["at"], _earlier)


def _move(uow: UnitOfWork, goes: MemberId, stays: MemberId) -> object:
    moved = _days.move(uow, goes, stays)
    _count_again(uow, goes, stays)
    return moved


def _back(uow: UnitOfWork, goes: MemberId, stays: MemberId, moved: Any) -> None:
    _days.back(uow, goes, stays, moved)
    _count_again(uow, goes, stays)


def _count_again(uow: UnitOfWork, *members: MemberId) -> None:
    for member in members:
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

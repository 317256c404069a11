"""How a member's check-ins go over when she turns out to be another member, and back."""

from datetime import date
from typing import Any

from bot.features.checkin.rules import streak_of_days
from bot.kernel.ids import MemberId
from bot.kernel.merging import Fields, Mover, by_id, by_key
from bot.kernel.work import Statement, UnitOfWork

_DAYS = Statement("SELECT day FROM checkins WHERE member_id = :member ORDER BY day")
# A check-in that comes at the same moment waits for the count, or the count for it.
_HOLD = Statement("UPDATE streaks SET days = days WHERE member_id = :member")
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
    count_again(uow, goes, stays)
    return moved


def _back(uow: UnitOfWork, goes: MemberId, stays: MemberId, moved: Any) -> None:
    _days.back(uow, goes, stays, moved)
    count_again(uow, goes, stays)


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


def _both(hers: Fields, gone: Fields) -> Fields:
    """Return what both were given for one day: it is taken back from her who is one now."""
    points, key = hers["points"] + gone["points"], f"{hers['key']} {gone['key']}"
    return {**hers, "points": points, "key": key}


mover = Mover(("checkins", "streaks"), _move, _back)


def _dearer(hers: Fields, gone: Fields) -> Fields:
    """Return one of two rows about the same day: the one that more points belong to."""
    return max(hers, gone, key=lambda row: row["points"])


movers = (
    mover,
    by_key("makeups", ["day"], ["made_on", "points", "at"], _dearer),
    by_id("makeup_tokens"),
    by_key("amnesty_days", ["amnesty_id", "day"], ["points", "key"], _both),
)

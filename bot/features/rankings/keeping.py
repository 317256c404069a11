"""Keeps the boards as check-ins come and go; what was heard twice or late changes nothing more."""

from collections.abc import Iterator
from datetime import date

from bot.features.rankings.rules import DAY, bit_of, last_run, month_of
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer, micros

_AT_ONCE = 2
_AFTER_ALL = "9999-99"

# The row is locked by this on PostgreSQL: two days of one member can't be lost in each other.
MARK = Statement(
    "INSERT INTO rank_months (member_id, month, mask, days) VALUES (:member, :month, :bit, 1)"
    " ON CONFLICT (member_id, month) DO UPDATE SET days = rank_months.days"
    " + CASE WHEN (rank_months.mask & :bit) = 0 THEN 1 ELSE 0 END,"
    " mask = rank_months.mask | :bit"
)
_UNMARK = Statement(
    "UPDATE rank_months SET mask = mask - :bit, days = days - 1"
    " WHERE member_id = :member AND month = :month AND (mask & :bit) <> 0"
)
_DROP_EMPTY = Statement("DELETE FROM rank_months WHERE member_id = :member AND mask = 0")
MONTHS = Statement(
    "SELECT month, mask FROM rank_months WHERE member_id = :member AND month < :before"
    " ORDER BY month DESC LIMIT :most"
)
# Only a day after all others grows the run; whatever else is heard is counted anew.
_GROW = Statement(
    "INSERT INTO rank_streaks (member_id, last_day, days) VALUES (:member, :day, 1)"
    " ON CONFLICT (member_id) DO UPDATE SET days = CASE"
    " WHEN rank_streaks.last_day = :day_before THEN rank_streaks.days + 1 ELSE 1 END,"
    " last_day = :day WHERE rank_streaks.last_day < :day RETURNING 1"
)
_KEEP = Statement(
    "INSERT INTO rank_streaks (member_id, last_day, days) VALUES (:member, :last, :days)"
    " ON CONFLICT (member_id) DO UPDATE SET last_day = :last, days = :days"
)
_FORGET = Statement("DELETE FROM rank_streaks WHERE member_id = :member")
_HIDE = Statement(
    "INSERT INTO rank_hidden (member_id, since) VALUES (:member, :now)"
    " ON CONFLICT (member_id) DO NOTHING RETURNING 1"
)
_SHOW = Statement("DELETE FROM rank_hidden WHERE member_id = :member RETURNING 1")


def mark(uow: UnitOfWork, member: MemberId, day: date) -> None:
    """Count a day on which a member was there."""
    uow.run(MARK, member=member, month=month_of(day), bit=bit_of(day))
    if not uow.run(_GROW, member=member, day=day.isoformat(), day_before=(day - DAY).isoformat()):
        count_run(uow, member)


def unmark(uow: UnitOfWork, member: MemberId, day: date) -> None:
    """Count a day no more."""
    uow.run(_UNMARK, member=member, month=month_of(day), bit=bit_of(day))
    uow.run(_DROP_EMPTY, member=member)
    count_run(uow, member)


def count_run(uow: UnitOfWork, member: MemberId) -> None:
    """Let the newest days in a row be those of the months."""
    run = last_run(_months(uow, member))
    if run is None:
        uow.run(_FORGET, member=member)
    else:
        uow.run(_KEEP, member=member, last=run.last_day.isoformat(), days=run.days)


def _months(uow: UnitOfWork, member: MemberId) -> Iterator[tuple[str, int]]:
    before = _AFTER_ALL
    while rows := uow.run(MONTHS, member=member, before=before, most=_AT_ONCE):
        for month, mask in rows:
            before = str(month)
            yield before, integer(mask)


def hide(uow: UnitOfWork, member: MemberId) -> bool:
    """Take a member off all lists; False when she was on none."""
    return bool(uow.run(_HIDE, member=member, now=micros(uow.clock.now())))


def show(uow: UnitOfWork, member: MemberId) -> bool:
    """Put a member on the lists again; False when she was."""
    return bool(uow.run(_SHOW, member=member))

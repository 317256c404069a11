"""Reads the boards: the best by an index, however many members there are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.commons.audience import IN_GROUP
from bot.features.rankings.rules import DAY, Line, Standing, lines, month_of
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import integer

_SEEN = "NOT EXISTS (SELECT 1 FROM rank_hidden h WHERE h.member_id = r.member_id)"
# Both by one index, read backwards: nothing is sorted.
_BEST = "ORDER BY r.days DESC, r.member_id DESC LIMIT :most"
TOP_OF_MONTH = Statement(
    f"SELECT r.member_id, r.days FROM rank_months r WHERE r.month = :month AND {_SEEN} {_BEST}"
)
TOP_OF_RUNS = Statement(
    f"SELECT r.member_id, r.days FROM rank_streaks r WHERE r.last_day = :day AND {_SEEN} {_BEST}"
)
_IN_GROUP_MONTH = Statement(
    f"SELECT r.member_id, r.days FROM ({IN_GROUP}) AS present JOIN rank_months r"
    f" ON r.member_id = present.id WHERE r.month = :month AND {_SEEN} {_BEST}"
)
_IN_GROUP_RUNS = Statement(
    f"SELECT r.member_id, r.days FROM ({IN_GROUP}) AS present JOIN rank_streaks r"
    f" ON r.member_id = present.id WHERE r.last_day >= :day AND {_SEEN} {_BEST}"
)
# Who is hidden is counted apart: they are few, and no row of the index has to be looked up.
ABOVE_IN_MONTH = Statement(
    "SELECT (SELECT COUNT(*) FROM rank_months WHERE month = :month AND days > :days)"
    " - (SELECT COUNT(*) FROM rank_hidden h JOIN rank_months r ON r.member_id = h.member_id"
    " WHERE r.month = :month AND r.days > :days)"
)
ABOVE_IN_RUNS = Statement(
    "SELECT (SELECT COUNT(*) FROM rank_streaks WHERE last_day = :day AND days > :days)"
    " - (SELECT COUNT(*) FROM rank_hidden h JOIN rank_streaks r ON r.member_id = h.member_id"
    " WHERE r.last_day = :day AND r.days > :days)"
)
_OWN_MONTH = Statement("SELECT days FROM rank_months WHERE member_id = :member AND month = :month")
_OWN_RUN = Statement("SELECT days FROM rank_streaks WHERE member_id = :member AND last_day >= :day")
_IS_HIDDEN = Statement("SELECT 1 FROM rank_hidden WHERE member_id = :member")
_COUNT_HIDDEN = Statement("SELECT COUNT(*) FROM rank_hidden")
_IS_IN_GROUP = Statement(f"SELECT 1 FROM ({IN_GROUP}) AS present WHERE id = :member LIMIT 1")
_MOST_OF_GROUP = 5000


class What(StrEnum):
    """By what members are ranked."""

    MONTH = "month"
    """Days with a check-in in this month."""
    RUN = "run"
    """Days in a row, as they stand."""


@dataclass(frozen=True, slots=True)
class Chat:
    """A group, as its channel calls it."""

    channel: ChannelName
    chat: str


@dataclass(frozen=True, slots=True)
class Own:
    """Where the member who asks stands herself."""

    days: int
    place: int
    """0 for one who is on no list, or has no day yet."""
    is_shown: bool
    """True when she is named above."""


@dataclass(frozen=True, slots=True)
class Board:
    """A leaderboard as one member sees it."""

    what: What
    lines: Sequence[Line]
    own: Own | None
    """None where nobody in particular asks."""


@dataclass(frozen=True, slots=True)
class Best:
    """The best, and how many are before a figure."""

    rows: Sequence[Standing]
    above: Callable[[int], int]


def board(
    uow: UnitOfWork,
    what: What,
    today: date,
    *,
    top: int,
    chat: Chat | None = None,
    member: MemberId | None = None,
) -> Board:
    """Return a board of everybody, or of those in a group.

    Args:
        uow: the unit of work.
        what: by what.
        today: the day for which check-ins count now.
        top: how many may be named.
        chat: the group whose members are meant; None for all.
        member: who looks at it.
    """
    best = _best(uow, what, today, chat=chat, most=2 * top + 1)
    shown = lines(best.rows, top=top, people=len(best.rows))
    if member is None:
        return Board(what, shown, None)
    days = own_days(uow, what, today, member)
    place = 0 if not days or is_hidden(uow, member) else best.above(days) + 1
    is_shown = any(member in line.members for line in shown)
    return Board(what, shown, Own(days, place, is_shown))


def best_of_month(uow: UnitOfWork, today: date, *, most: int) -> Sequence[Standing]:
    """Return the best of the month, for a sheet."""
    return _best(uow, What.MONTH, today, chat=None, most=most).rows


def _best(uow: UnitOfWork, what: What, today: date, *, chat: Chat | None, most: int) -> Best:
    if chat is not None:
        return _best_in_group(uow, what, today, chat)
    if what is What.MONTH:
        month = month_of(today)
        rows = _standings(uow.run(TOP_OF_MONTH, month=month, most=most))

        def above(days: int) -> int:
            return integer(uow.run(ABOVE_IN_MONTH, month=month, days=days)[0][0])

        return Best(rows, above)
    days_that_count = [(today - DAY).isoformat(), today.isoformat()]
    found = [row for day in days_that_count for row in uow.run(TOP_OF_RUNS, day=day, most=most)]

    def above_runs(days: int) -> int:
        counted = (uow.run(ABOVE_IN_RUNS, day=day, days=days) for day in days_that_count)
        return sum(integer(rows[0][0]) for rows in counted)

    return Best(_ordered(_standings(found))[:most], above_runs)


def _best_in_group(uow: UnitOfWork, what: What, today: date, chat: Chat) -> Best:
    """A group is small: all of it is read."""
    where = {"channel": chat.channel, "chat": chat.chat, "most": _MOST_OF_GROUP}
    if what is What.MONTH:
        found = uow.run(_IN_GROUP_MONTH, month=month_of(today), **where)
    else:
        found = uow.run(_IN_GROUP_RUNS, day=(today - DAY).isoformat(), **where)
    rows = _standings(found)
    return Best(rows, lambda days: sum(row.days > days for row in rows))


def own_days(uow: UnitOfWork, what: What, today: date, member: MemberId) -> int:
    """Return a member's own figure, also of one who is on no list."""
    if what is What.MONTH:
        rows = uow.run(_OWN_MONTH, member=member, month=month_of(today))
    else:
        rows = uow.run(_OWN_RUN, member=member, day=(today - DAY).isoformat())
    return integer(rows[0][0]) if rows else 0


def is_hidden(uow: UnitOfWork, member: MemberId) -> bool:
    """Return True when a member wants to be on no list."""
    return bool(uow.run(_IS_HIDDEN, member=member))


def count_hidden(uow: UnitOfWork) -> int:
    """Return how many want to be on no list."""
    return integer(uow.run(_COUNT_HIDDEN)[0][0])


def is_in(uow: UnitOfWork, chat: Chat, member: MemberId) -> bool:
    """Return True when a member is in a group."""
    return bool(uow.run(_IS_IN_GROUP, channel=chat.channel, chat=chat.chat, member=member))


def _standings(rows: Sequence[Row]) -> list[Standing]:
    return [Standing(MemberId(integer(member)), integer(days)) for member, days in rows]


def _ordered(rows: Sequence[Standing]) -> list[Standing]:
    return sorted(rows, key=lambda row: (-row.days, -row.member))

"""The full reading of all customers, colleague by colleague."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.kernel.ids import ChannelName
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_LAG = timedelta(minutes=1)
"""A friend so new may not be listed yet."""
_ROUND = Statement("SELECT number, after, began_at, completed_at FROM customer_rounds WHERE id = 1")
_BEGIN = Statement(
    "INSERT INTO customer_rounds (id, number, after, began_at) VALUES (1, 1, '', :now)"
    " ON CONFLICT (id) DO UPDATE SET number = customer_rounds.number + 1, after = '',"
    " began_at = excluded.began_at, completed_at = NULL"
    " WHERE customer_rounds.completed_at IS NOT NULL"
)
_TURN = Statement(
    "UPDATE customer_rounds SET after = :after WHERE id = 1 AND number = :number"
    " AND completed_at IS NULL AND after < :after"
)
_END = Statement(
    "UPDATE customer_rounds SET completed_at = :now WHERE id = 1 AND number = :number"
    " AND completed_at IS NULL RETURNING began_at"
)
_UNSEEN = Statement(
    "DELETE FROM friendships WHERE channel = :channel AND seen_round < :number AND since < :began"
    " AND EXISTS (SELECT 1 FROM friendships seen WHERE seen.channel = :channel"
    " AND seen.seen_round = :number)"
)
"""Not when it had nobody at all: then rather the answer was wrong."""


@dataclass(frozen=True, slots=True)
class Round:
    """The full reading that is under way, or the last one."""

    number: int
    after: str
    began_at: datetime
    completed_at: datetime | None


def last_round(uow: UnitOfWork) -> Round | None:
    """Return the reading that is under way, or the last one; None before the first."""
    rows = uow.run(_ROUND)
    if not rows:
        return None
    number, after, began, completed = rows[0]
    over = None if completed is None else instant(completed)
    return Round(integer(number), str(after), instant(began), over)


def under_way(uow: UnitOfWork, every_h: float) -> Round | None:
    """Return the reading that is under way, begun now if it is time; None when it is not."""
    last, now = last_round(uow), uow.clock.now()
    if last is not None and last.completed_at is not None:
        since = now - last.began_at
        if timedelta() <= since < timedelta(hours=every_h):  # or the clock was set back
            return None
    uow.run(_BEGIN, now=micros(now))
    return last_round(uow)


def turn(uow: UnitOfWork, at: Round, after: str) -> None:
    """Note that the customers of all colleagues up to `after` are read."""
    uow.run(_TURN, number=at.number, after=after)


def end_round(uow: UnitOfWork, channel: ChannelName, at: Round) -> None:
    """Let go of whoever the whole reading did not have and was a friend long before it began."""
    ended = uow.run(_END, number=at.number, now=micros(uow.clock.now()))
    if ended:
        began = micros(instant(ended[0][0]) - _LAG)
        uow.run(_UNSEEN, channel=channel, number=at.number, began=began)

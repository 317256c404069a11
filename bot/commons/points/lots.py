"""Lots (批次): each award is one, and what is spent is taken from those that expire first."""

from bot.commons.points.rules import NEVER
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer, micros

NO_LOT = 0
NEVER_MICROS = micros(NEVER)

# What is before a lot in her row of lots decides how much of it is taken.
TAKE_LOTS = Statement(
    "UPDATE point_entries SET rest = CASE WHEN row_of.before + rest <= :points THEN 0"
    " ELSE row_of.before + rest - :points END FROM ("
    "SELECT id AS lot, SUM(rest) OVER (ORDER BY CASE WHEN id = :first THEN 0 ELSE 1 END,"
    " expires_at, id) - rest AS before FROM point_entries"
    " WHERE credit = :account AND rest > 0) AS row_of"
    " WHERE point_entries.id = row_of.lot AND row_of.before < :points RETURNING expires_at"
)
_LASTS = Statement("UPDATE point_entries SET expires_at = :expires WHERE id = :entry")
_SUM = Statement("SELECT COALESCE(SUM(rest), 0) FROM point_entries WHERE credit = :account")
_FILL = Statement(
    "UPDATE point_entries SET rest = CASE WHEN row_of.before + row_of.room <= :points THEN points"
    " ELSE rest + :points - row_of.before END FROM ("
    "SELECT id AS lot, points - rest AS room, SUM(points - rest) OVER"
    " (ORDER BY expires_at DESC, id DESC) - (points - rest) AS before FROM point_entries"
    " WHERE credit = :account AND rest < points) AS row_of"
    " WHERE point_entries.id = row_of.lot AND row_of.before < :points"
)


def take(uow: UnitOfWork, account: int, points: int, *, entry: int, first: int = NO_LOT) -> None:
    """Take points from the lots of an account, the earliest to expire first.

    The caller has taken them from the balance in this unit of work, which keeps others out.

    Args:
        uow: the unit of work.
        account: whose lots.
        points: how many; the lots hold as many.
        entry: what they are spent by; it remembers how long they would have lasted.
        first: a lot that is to give before all others.
    """
    taken = uow.run(TAKE_LOTS, account=account, points=points, first=first)
    lasts = max((integer(row[0]) for row in taken), default=NEVER_MICROS)
    if lasts != NEVER_MICROS:
        uow.run(_LASTS, entry=entry, expires=lasts)


def settle(uow: UnitOfWork, account: int, balance: int) -> None:
    """Let the lots of an account hold its balance, after entries came or went."""
    held = integer(uow.run(_SUM, account=account)[0][0])
    if held > balance:
        uow.run(TAKE_LOTS, account=account, points=held - balance, first=NO_LOT)
    elif held < balance:
        uow.run(_FILL, account=account, points=balance - held)

"""How rows follow an advisor who is called otherwise: one statement for each column."""

from bot.kernel.events import AdvisorRenamed
from bot.kernel.feature import Listener
from bot.kernel.work import Statement, Toolbox, UnitOfWork


def following(*columns: str) -> Listener:
    """Return what lets columns, `table.column`, follow; a second time changes nothing.

    They hold userids; those of the platforms' own books may be in any case.
    """
    return _runs(*(_rename(*column.split(".")) for column in columns))


def following_once(table: str, column: str, *others: str) -> Listener:
    """Return what lets a column follow that is unique together with others.

    What is there under the new userid already is newer: it stays.
    """
    same = "".join(f" AND there.{other} = {table}.{other}" for other in others)
    drop = Statement(
        f"DELETE FROM {table} WHERE lower({column}) = :before AND EXISTS"
        f" (SELECT 1 FROM {table} AS there WHERE lower(there.{column}) = :after{same})"
    )
    return _runs(drop, _rename(table, column))


def _runs(*statements: Statement) -> Listener:
    def follow(uow: UnitOfWork, event: AdvisorRenamed, _tools: Toolbox) -> None:
        for statement in statements:
            uow.run(statement, before=event.before, after=event.after)

    return follow


def _rename(table: str, column: str) -> Statement:
    return Statement(f"UPDATE {table} SET {column} = :after WHERE lower({column}) = :before")

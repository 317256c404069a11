"""Points that were there before lots: what is left of them are the newest."""

from bot.commons import points
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.db import Database
from bot.storage.migrate import downgrade, upgrade
from tests.kit.rooms import TurnedClock

BEFORE = (
    "INSERT INTO members (id, created_at, joined_at) VALUES (1, 0, 0), (2, 0, 0)",
    (
        "INSERT INTO point_accounts (id, member_id, house, balance) VALUES"
        " (11, NULL, 'checkin', NULL), (12, 1, NULL, 8), (13, 2, NULL, 0), (14, NULL, 'mall', NULL)"
    ),
    (
        "INSERT INTO point_entries (id, key, debit, credit, points, reason, made_by, at) VALUES"
        " (1, 'a', 11, 12, 5, 'checkin', '', 0), (2, 'b', 11, 12, 5, 'checkin', '', 0),"
        " (3, 'c', 12, 14, 7, 'mall', '', 0), (4, 'd', 11, 12, 5, 'checkin', '', 0),"
        " (5, 'e', 11, 13, 3, 'checkin', '', 0), (6, 'f', 13, 14, 3, 'mall', '', 0)"
    ),
)


def test_what_is_left_are_the_newest(database: Database) -> None:
    upgrade(database)
    downgrade(database, "0012")
    with database.writing() as connection:
        for words in BEFORE:
            connection.run(Statement(words), {})

    upgrade(database)

    with database.writing() as connection:
        uow = UnitOfWork(connection, TurnedClock())
        rests = uow.run(Statement("SELECT id, rest FROM point_entries ORDER BY id"))
        assert [tuple(row) for row in rests] == [(1, 0), (2, 3), (3, 0), (4, 5), (5, 0), (6, 0)]
        assert points.books_balance(uow) == []

"""Boards of communities that checked in before there were any."""

from bot.kernel.work import Statement
from bot.storage.db import Database
from bot.storage.migrate import downgrade, upgrade

BEFORE = (
    "INSERT INTO members (id, created_at, joined_at) VALUES (1, 0, 0), (2, 0, 0)",
    (
        "INSERT INTO checkins (member_id, day, at) VALUES (1, '2026-07-31', 0),"
        " (1, '2026-08-01', 0), (1, '2026-08-03', 0), (2, '2026-08-31', 0)"
    ),
    (
        "INSERT INTO streaks (member_id, last_day, days, best_days, total_days)"
        " VALUES (1, '2026-08-03', 1, 2, 3), (2, '2026-08-31', 1, 1, 1)"
    ),
)


def test_they_begin_with_the_check_ins_so_far(database: Database) -> None:
    upgrade(database)
    downgrade(database, "0022")
    with database.writing() as connection:
        for words in BEFORE:
            connection.run(Statement(words), {})

    upgrade(database)

    months = "SELECT member_id, month, mask, days FROM rank_months ORDER BY member_id, month"
    runs = "SELECT member_id, last_day, days FROM rank_streaks ORDER BY member_id"
    with database.writing() as connection:
        assert [tuple(row) for row in connection.run(Statement(months), {})] == [
            (1, "2026-07", 1 << 30, 1),
            (1, "2026-08", 0b101, 2),
            (2, "2026-08", 1 << 30, 1),
        ]
        assert [tuple(row) for row in connection.run(Statement(runs), {})] == [
            (1, "2026-08-03", 1),
            (2, "2026-08-31", 1),
        ]

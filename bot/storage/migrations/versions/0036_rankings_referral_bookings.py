"""Keep leaderboards, filled from the check-ins so far."""

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import big_id

revision = "0036"
down_revision = "0022"
branch_labels = None
depends_on = None

_FILL_MONTHS = """
    INSERT INTO rank_months (member_id, month, mask, days)
    SELECT member_id, substr(day, 1, 7), SUM(1 << (CAST(substr(day, 9, 2) AS INTEGER) - 1)),
           COUNT(*)
    FROM checkins GROUP BY member_id, substr(day, 1, 7)
"""
_FILL_STREAKS = """
    INSERT INTO rank_streaks (member_id, last_day, days)
    SELECT member_id, last_day, days FROM streaks
"""


def upgrade() -> None:
    _rankings()


def downgrade() -> None:
    for table in (*("rank_streaks", "rank_months", "rank_hidden", "digests", "digest_groups"),):
        op.drop_table(table)


def _member(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_member_id_members"
    return sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=name)


def _rankings() -> None:
    op.create_table(
        "digest_groups",
        sa.Column("group_id", sa.String(), nullable=False),
        sa.Column("is_on", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("quiet_until", sa.String(10), nullable=True),
        sa.PrimaryKeyConstraint("group_id", name="pk_digest_groups"),
    )
    op.create_table(
        "digests",
        sa.Column("group_id", sa.String(), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "day", name="pk_digests"),
    )
    op.create_table(
        "rank_hidden",
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        _member("rank_hidden"),
        sa.PrimaryKeyConstraint("member_id", name="pk_rank_hidden"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rank_months",
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("mask", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        _member("rank_months"),
        sa.PrimaryKeyConstraint("member_id", "month", name="pk_rank_months"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rank_months_days", "rank_months", ["month", "days", "member_id"])
    op.create_table(
        "rank_streaks",
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("last_day", sa.String(10), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        _member("rank_streaks"),
        sa.PrimaryKeyConstraint("member_id", name="pk_rank_streaks"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rank_streaks_days", "rank_streaks", ["last_day", "days", "member_id"])
    op.execute(_FILL_MONTHS)
    op.execute(_FILL_STREAKS)

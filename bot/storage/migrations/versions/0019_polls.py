"""Keep polls, their ballots, and what voters are told."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import big_id

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "polls",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("revision", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("options", sa.String(), nullable=False),
        sa.Column("max_choices", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.BigInteger(), nullable=False),
        sa.Column("closes_at", sa.BigInteger(), nullable=True),
        sa.Column("results", sa.String(), nullable=False),
        sa.Column("eligible", sa.String(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("goal_points", sa.Integer(), nullable=True),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("tie", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_polls"),
        sa.UniqueConstraint("path", name="uq_polls_path"),
    )
    op.create_index("ix_polls_closes_at", "polls", ["closes_at"])
    op.create_table(
        "ballots",
        sa.Column("poll_id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("choices", sa.String(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("paid", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name="fk_ballots_poll_id_polls"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_ballots_member_id_members"),
        sa.PrimaryKeyConstraint("poll_id", "member_id", name="pk_ballots"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_ballots_member_id", "ballots", ["member_id"])
    op.create_table(
        "poll_news",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("poll_id", big_id(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("next_member", big_id(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name="fk_poll_news_poll_id_polls"),
        sa.PrimaryKeyConstraint("id", name="pk_poll_news"),
    )
    op.create_index("ix_poll_news_poll_id", "poll_news", ["poll_id"])


def downgrade() -> None:
    op.drop_index("ix_poll_news_poll_id", "poll_news")
    op.drop_table("poll_news")
    op.drop_index("ix_ballots_member_id", "ballots")
    op.drop_table("ballots")
    op.drop_index("ix_polls_closes_at", "polls")
    op.drop_table("polls")

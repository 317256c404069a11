"""Remember who holds the connection to a platform, how members rate answers, and who they are."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import big_id

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "connections",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("beats", sa.Integer(), nullable=False),
        sa.Column("heard_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("channel", name="pk_connections"),
    )
    op.create_table(
        "colleague_names",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("userid", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "identity", name="pk_colleague_names"),
    )
    op.create_table(
        "answer_ratings",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_answer_ratings_member_id_members"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_answer_ratings"),
        sa.UniqueConstraint(
            "channel", "answer", "member_id", name="uq_answer_ratings_channel_answer_member_id"
        ),
    )
    op.create_index("ix_answer_ratings_member_id", "answer_ratings", ["member_id"])
    op.create_index("ix_answer_ratings_at", "answer_ratings", ["at"])


def downgrade() -> None:
    op.drop_index("ix_answer_ratings_at", "answer_ratings")
    op.drop_index("ix_answer_ratings_member_id", "answer_ratings")
    op.drop_table("answer_ratings")
    op.drop_table("colleague_names")
    op.drop_table("connections")

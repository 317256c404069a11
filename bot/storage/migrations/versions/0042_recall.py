"""Keep who was recalled, what members set store by, and whether members are recalled at all."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import big_id

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recalls",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("order_id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("by_hand", sa.Integer(), nullable=False),
        sa.Column("offer", sa.String(), nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_recalls_member_id_members"),
        sa.PrimaryKeyConstraint("id", name="pk_recalls"),
        sa.UniqueConstraint("order_id", name="uq_recalls_order_id"),
    )
    op.create_index("ix_recalls_at", "recalls", ["at"])
    op.create_index("ix_recalls_member_id", "recalls", ["member_id"])
    op.create_table(
        "recall_types",
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_recall_types_member_id_members"
        ),
        sa.PrimaryKeyConstraint("member_id", name="pk_recall_types"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "recall_switch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name="ck_recall_switch_one_row"),
        sa.PrimaryKeyConstraint("id", name="pk_recall_switch"),
    )


def downgrade() -> None:
    for table in ("recall_switch", "recall_types", "recalls"):
        op.drop_table(table)

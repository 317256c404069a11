"""Remember orders."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import big_id

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "orders",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("member_id", big_id(), nullable=True),
        sa.Column("ref_kind", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("paid_at", sa.BigInteger(), nullable=False),
        sa.Column("paid_fen", big_id(), nullable=False),
        sa.Column("refunded_fen", big_id(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("untold", sa.Integer(), nullable=False),
        sa.Column("told_paid", sa.Integer(), nullable=False),
        sa.Column("told_refunded_fen", big_id(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_orders_member_id_members"),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
        sa.UniqueConstraint("source", "order_id", name="uq_orders_source_order_id"),
    )
    op.create_index("ix_orders_member_id", "orders", ["member_id", "paid_at"])
    op.create_index(
        "ix_orders_unclaimed",
        "orders",
        ["ref_kind", "ref"],
        sqlite_where=sa.text("member_id IS NULL AND ref <> ''"),
        postgresql_where=sa.text("member_id IS NULL AND ref <> ''"),
    )
    op.create_index(
        "ix_orders_untold",
        "orders",
        ["paid_at", "id"],
        sqlite_where=sa.text("untold = 1 AND member_id IS NOT NULL"),
        postgresql_where=sa.text("untold = 1 AND member_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("orders")

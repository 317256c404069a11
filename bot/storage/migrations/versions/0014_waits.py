"""Remember when an order may be tried again, and which books are not ours any more."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0011"
branch_labels = None
depends_on = None

_ORDERS = ("group_join_ways", "group_greetings")


def upgrade() -> None:
    for table in _ORDERS:
        op.add_column(
            table, sa.Column("tries", sa.Integer(), nullable=False, server_default=sa.text("0"))
        )
        op.add_column(table, sa.Column("due_at", sa.BigInteger(), nullable=True))
    op.add_column("fetches", sa.Column("shut_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("fetches", "shut_at")
    for table in reversed(_ORDERS):
        op.drop_column(table, "due_at")
        op.drop_column(table, "tries")

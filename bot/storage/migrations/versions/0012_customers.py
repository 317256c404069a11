"""Know who is whose customer, send to customers, and remember who wants no mass sends."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import big_id

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_DUE = sa.text("read_at IS NULL")
_SENDS = ("mass_tasks", "mass_targets")


def upgrade() -> None:
    op.create_table(
        "friendships",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("colleague", sa.String(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("tags", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("seen_round", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("channel", "colleague", "identity", name="pk_friendships"),
    )
    op.create_index("ix_friendships_identity", "friendships", ["channel", "identity"])
    op.create_index(
        "ix_friendships_due",
        "friendships",
        ["channel"],
        sqlite_where=_DUE,
        postgresql_where=_DUE,
    )
    op.create_table(
        "customer_rounds",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("completed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_customer_rounds"),
    )
    for table in _SENDS:
        audience = sa.Column("audience", sa.String(), nullable=False, server_default="groups")
        op.add_column(table, audience)


def downgrade() -> None:
    ours = "audience = 'customers'"
    op.execute(f"DELETE FROM mass_targets WHERE {ours}")
    op.execute(
        f"DELETE FROM mass_reminders WHERE task_id IN (SELECT id FROM mass_tasks WHERE {ours})"
    )
    op.execute(f"DELETE FROM mass_tasks WHERE {ours}")
    for table in _SENDS:
        op.drop_column(table, "audience")
    for table in ("customer_rounds", "friendships"):
        op.drop_table(table)

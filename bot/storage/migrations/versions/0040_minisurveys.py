"""Keep when orders were delivered, and at which nodes of an order its member is asked."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import big_id

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_WAITING = sa.text("state = 'waiting'")
_OPEN = sa.text("step > 0")


def upgrade() -> None:
    op.create_table(
        "mini_surveys",
        *(sa.Column(name, big_id(), nullable=False) for name in ("id", "member_id", "order_id")),
        sa.Column("node", sa.String(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("at", "look_at")),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("state", "why", "key", "channel", "identity")
        ),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("questions", "answers")),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("said_key", sa.String(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in ("asked_at", "answered_at")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_mini_surveys_member_id_members"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_mini_surveys"),
        sa.UniqueConstraint("order_id", "node", name="uq_mini_surveys_order_id_node"),
    )
    op.create_index("ix_mini_surveys_at", "mini_surveys", ["at"])
    op.create_index("ix_mini_surveys_member_id", "mini_surveys", ["member_id", "asked_at"])
    _index("ix_mini_surveys_open", ["member_id"], _OPEN)
    _index("ix_mini_surveys_waiting", ["node", "at"], _WAITING)
    op.add_column("orders", sa.Column("delivered_at", sa.BigInteger(), nullable=True))
    told = sa.Column("told_delivered", sa.Integer(), server_default="0", nullable=False)
    op.add_column("orders", told)


def _index(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, "mini_surveys", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_column("orders", "told_delivered")
    op.drop_column("orders", "delivered_at")
    op.drop_table("mini_surveys")

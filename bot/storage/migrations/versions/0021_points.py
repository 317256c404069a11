"""Make each award a lot with a date; let points be held, lent and warned of."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import big_id

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_NEVER = "253402214400000000"
_OPEN = sa.text("rest > 0")
_HELD = sa.text("state = 'held'")

# Until now the oldest points were spent first: what is left of a balance are the newest.
_FILL = """
UPDATE point_entries SET rest = CASE WHEN row_of.before + points <= row_of.balance THEN points
  ELSE row_of.balance - row_of.before END
FROM (
  SELECT e.id AS lot, a.balance AS balance,
    SUM(e.points) OVER (PARTITION BY e.credit ORDER BY e.id DESC) - e.points AS before
  FROM point_entries e JOIN point_accounts a ON a.id = e.credit WHERE a.member_id IS NOT NULL
) AS row_of
WHERE point_entries.id = row_of.lot AND row_of.before < row_of.balance
"""


def upgrade() -> None:
    with op.batch_alter_table("point_accounts") as table:
        for name, kind in (("held", sa.Integer()), ("debt", sa.Integer())):
            table.add_column(sa.Column(name, kind, server_default="0", nullable=False))
        table.add_column(
            sa.Column("warned_until", sa.BigInteger(), server_default="0", nullable=False)
        )
        table.create_check_constraint(
            op.f("ck_point_accounts_held_is_there"), "held >= 0 AND held <= COALESCE(balance, 0)"
        )
        table.create_check_constraint(op.f("ck_point_accounts_debt_not_negative"), "debt >= 0")
    with op.batch_alter_table("point_entries") as table:
        table.add_column(sa.Column("rest", sa.Integer(), server_default="0", nullable=False))
        table.add_column(
            sa.Column("expires_at", sa.BigInteger(), server_default=_NEVER, nullable=False)
        )
        table.create_check_constraint(
            op.f("ck_point_entries_rest_is_part"), "rest >= 0 AND rest <= points"
        )
    op.execute(_FILL)
    for name, columns in (
        ("ix_point_entries_lots", ["credit", "expires_at", "id"]),
        ("ix_point_entries_expires_at", ["expires_at"]),
    ):
        op.create_index(name, "point_entries", columns, sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_table(
        "point_holds",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("points > 0", name="ck_point_holds_positive"),
        sa.CheckConstraint(
            "state IN ('held', 'released', 'captured')", name="ck_point_holds_known_state"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_point_holds_member_id_members"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_point_holds"),
        sa.UniqueConstraint("key", name="uq_point_holds_key"),
    )
    op.create_index("ix_point_holds_member_id", "point_holds", ["member_id"])
    op.create_index(
        "ix_point_holds_until",
        "point_holds",
        ["until"],
        sqlite_where=_HELD,
        postgresql_where=_HELD,
    )


def downgrade() -> None:
    op.drop_index("ix_point_holds_until", "point_holds")
    op.drop_index("ix_point_holds_member_id", "point_holds")
    op.drop_table("point_holds")
    op.drop_index("ix_point_entries_expires_at", "point_entries")
    op.drop_index("ix_point_entries_lots", "point_entries")
    with op.batch_alter_table("point_entries") as table:
        table.drop_constraint(op.f("ck_point_entries_rest_is_part"), type_="check")
        table.drop_column("expires_at")
        table.drop_column("rest")
    with op.batch_alter_table("point_accounts") as table:
        table.drop_constraint(op.f("ck_point_accounts_debt_not_negative"), type_="check")
        table.drop_constraint(op.f("ck_point_accounts_held_is_there"), type_="check")
        for name in ("warned_until", "debt", "held"):
            table.drop_column(name)

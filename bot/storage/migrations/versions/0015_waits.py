"""Remember when orders may be tried again, which books were taken away, what check-ups found."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import big_id

revision = "0015"
down_revision = "0014"
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
    op.create_table(
        "doctor_runs",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("doors", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_doctor_runs"),
    )
    op.create_table(
        "doctor_findings",
        sa.Column("run_id", big_id(), nullable=False),
        sa.Column("door", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("check", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("hint", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["doctor_runs.id"], name="fk_doctor_findings_run_id_doctor_runs"
        ),
        sa.PrimaryKeyConstraint("run_id", "door", "place", name="pk_doctor_findings"),
    )


def downgrade() -> None:
    op.drop_table("doctor_findings")
    op.drop_table("doctor_runs")
    op.drop_column("fetches", "shut_at")
    for table in reversed(_ORDERS):
        op.drop_column(table, "due_at")
        op.drop_column(table, "tries")

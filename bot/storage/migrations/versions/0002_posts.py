"""Posts: fires, how far each schedule is planned, fires that operators called off."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = sa.text("status IN ('waiting', 'approved')")
USED = sa.text("content <> ''")


def upgrade() -> None:
    op.create_table(
        "fires",
        sa.Column("id", ID, nullable=False),
        sa.Column("schedule", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("fire_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("revision", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_fires"),
        sa.UniqueConstraint("schedule", "fire_at", "target", name="uq_fires_schedule_fire_at_target"),
    )
    op.create_index(
        "ix_fires_open", "fires", ["due_at", "id"], sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_index("ix_fires_status", "fires", ["status", "created_at"])
    op.create_index(
        "ix_fires_used",
        "fires",
        ["schedule", "target", "content"],
        sqlite_where=USED,
        postgresql_where=USED,
    )
    op.create_table(
        "plan_marks",
        sa.Column("schedule", sa.String(), nullable=False),
        sa.Column("timing", sa.String(), nullable=False),
        sa.Column("planned_until", sa.BigInteger(), nullable=False),
        sa.Column("under_way", sa.BigInteger(), nullable=True),
        sa.Column("through", sa.String(), nullable=False),
        sa.Column("empty_slots", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("schedule", name="pk_plan_marks"),
    )
    op.create_table(
        "called_off",
        sa.Column("schedule", sa.String(), nullable=False),
        sa.Column("fire_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("schedule", "fire_at", name="pk_called_off"),
    )


def downgrade() -> None:
    op.drop_table("called_off")
    op.drop_table("plan_marks")
    op.drop_table("fires")

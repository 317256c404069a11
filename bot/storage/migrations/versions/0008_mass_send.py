"""Mass sends: what is said, tasks, their groups, reminders; moments."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = sa.text("status IN ('drafted', 'creating', 'unclear', 'created', 'confirmed')")
_MOMENTS = sa.text("status IN ('drafted', 'creating', 'making', 'created')")
_LOOSE = sa.text("task_id IS NULL AND status = 'drafted'")


def upgrade() -> None:
    op.create_table(
        "mass_matters",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_mass_matters"),
    )
    op.create_table(
        "mass_tasks",
        sa.Column("id", _ID, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("groups", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("msgid", sa.String(), nullable=True),
        sa.Column("drafted_at", sa.BigInteger(), nullable=False),
        sa.Column("creating_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("nudges", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.String(), nullable=False),
        sa.Column("wanted_by", sa.String(), nullable=False),
        sa.Column("candidates", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("error_code", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"], ["mass_matters.digest"], name="fk_mass_tasks_digest_mass_matters"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_mass_tasks"),
    )
    op.create_index("ix_mass_tasks_msgid", "mass_tasks", ["channel", "msgid"], unique=True)
    op.create_index(
        "ix_mass_tasks_open", "mass_tasks", ["next_at"], sqlite_where=_OPEN, postgresql_where=_OPEN
    )

    op.create_table(
        "mass_reminders",
        sa.Column("id", _ID, nullable=False),
        sa.Column("task_id", _ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["mass_tasks.id"], name="fk_mass_reminders_task_id_mass_tasks"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_mass_reminders"),
    )
    op.create_index("ix_mass_reminders_task", "mass_reminders", ["task_id", "at"])

    op.create_table(
        "mass_targets",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("group_id", sa.String(), nullable=False),
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("task_id", _ID, nullable=True),
        sa.Column("drafted_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"], ["mass_matters.digest"], name="fk_mass_targets_digest_mass_matters"
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["mass_tasks.id"], name="fk_mass_targets_task_id_mass_tasks"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_mass_targets"),
        sa.UniqueConstraint("key", name="uq_mass_targets_key"),
    )
    op.create_index("ix_mass_targets_chat", "mass_targets", ["channel", "chat", "drafted_at"])
    op.create_index(
        "ix_mass_targets_loose",
        "mass_targets",
        ["channel", "owner", "digest", "chat"],
        sqlite_where=_LOOSE,
        postgresql_where=_LOOSE,
    )
    op.create_index("ix_mass_targets_task", "mass_targets", ["task_id", "status"])
    op.create_table(
        "moments",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("publishers", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("moment", sa.String(), nullable=False),
        sa.Column("drafted_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=True),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("published", sa.String(), nullable=False),
        sa.Column("cancel_by", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("error_code", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"], ["mass_matters.digest"], name="fk_moments_digest_mass_matters"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_moments"),
        sa.UniqueConstraint("key", name="uq_moments_key"),
    )
    op.create_index(
        "ix_moments_open",
        "moments",
        ["next_at"],
        sqlite_where=_MOMENTS,
        postgresql_where=_MOMENTS,
    )


def downgrade() -> None:
    for table in ("moments", "mass_targets", "mass_reminders", "mass_tasks", "mass_matters"):
        op.drop_table(table)

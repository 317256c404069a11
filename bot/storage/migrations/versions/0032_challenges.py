"""Days that are made up or given, and challenges."""

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import big_id

revision = "0032"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _makeups()
    _amnesties()


def _makeups() -> None:
    op.create_table(
        "makeups",
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("made_on", sa.String(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_makeups_member_id_members"),
        sa.PrimaryKeyConstraint("member_id", "day", name="pk_makeups"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "makeup_tokens",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("earned_on", sa.String(), nullable=False),
        sa.Column("used_for", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_makeup_tokens_member_id_members"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_makeup_tokens"),
    )
    op.create_index("ix_makeup_tokens_member_id", "makeup_tokens", ["member_id", "used_for"])


def _amnesties() -> None:
    op.create_table(
        "amnesties",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("first_day", sa.String(), nullable=False),
        sa.Column("last_day", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("next_member", big_id(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("undone_by", sa.String(), nullable=False),
        sa.Column("undone_why", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_amnesties"),
    )
    op.create_table(
        "amnesty_days",
        sa.Column("amnesty_id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["amnesty_id"], ["amnesties.id"], name="fk_amnesty_days_amnesty_id_amnesties"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_amnesty_days_member_id_members"
        ),
        sa.PrimaryKeyConstraint("amnesty_id", "member_id", "day", name="pk_amnesty_days"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_amnesty_days_member_id", "amnesty_days", ["member_id"])


def downgrade() -> None:
    op.drop_index("ix_amnesty_days_member_id", "amnesty_days")
    op.drop_table("amnesty_days")
    op.drop_table("amnesties")
    op.drop_index("ix_makeup_tokens_member_id", "makeup_tokens")
    op.drop_table("makeup_tokens")
    op.drop_table("makeups")

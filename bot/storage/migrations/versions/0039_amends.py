"""Keep what was given to make up for something, and tasks to see to members again."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import big_id

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_WAITING = sa.text("state = 'waiting'")
_OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    op.create_table(
        "amends",
        sa.Column("id", big_id(), nullable=False),
        *_texts("key"),
        sa.Column("case_id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        *_texts("kind", "title", "what", "coupon"),
        *_numbers("points", "worth_fen"),
        *_texts("reason", "tier", "asked_by"),
        *_instants("asked_at"),
        *_numbers("tells"),
        *_texts("state"),
        *_numbers("alone"),
        *_instants("expires_at", nullable=True),
        *_texts("decided_by"),
        *_instants("decided_at", nullable=True),
        *_texts("why", "settled_by"),
        *_instants("settled_at", nullable=True),
        *_texts("undone_by"),
        *_instants("undone_at", nullable=True),
        sa.CheckConstraint("worth_fen > 0 AND points >= 0", name="ck_amends_sane_worth"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_amends_member_id_members"),
        sa.PrimaryKeyConstraint("id", name="pk_amends"),
        sa.UniqueConstraint("key", name="uq_amends_key"),
    )
    op.create_index("ix_amends_member_id", "amends", ["member_id"])
    op.create_index("ix_amends_case_id", "amends", ["case_id"])
    op.create_index("ix_amends_asked_by", "amends", ["asked_by", "asked_at"])
    op.create_index("ix_amends_asked_at", "amends", ["asked_at"])
    _index("ix_amends_waiting", "amends", ["expires_at"], _WAITING)
    op.create_table(
        "followups",
        sa.Column("id", big_id(), nullable=False),
        *_texts("key"),
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("case_id", big_id(), nullable=True),
        *_texts("kind", "what", "why"),
        *_instants("due_at"),
        *_texts("advisor", "made_by"),
        *_instants("made_at"),
        *_texts("state", "note", "ended_by"),
        *_instants("ended_at", nullable=True),
        *_numbers("postponed", "climbed"),
        *_instants("rings_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_followups_member_id_members"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_followups"),
        sa.UniqueConstraint("key", name="uq_followups_key"),
    )
    op.create_index("ix_followups_member_id", "followups", ["member_id"])
    op.create_index("ix_followups_case_id", "followups", ["case_id"])
    op.create_index("ix_followups_ended_at", "followups", ["ended_at"])
    _index("ix_followups_open", "followups", ["due_at"], _OPEN)
    _index("ix_followups_rings", "followups", ["rings_at"], _OPEN)
    op.create_table(
        "followup_steps",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("task_id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        *_instants("at"),
        *_texts("who", "what", "words"),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_followup_steps_member_id_members"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_followup_steps"),
    )
    op.create_index("ix_followup_steps_task_id", "followup_steps", ["task_id"])
    op.create_index("ix_followup_steps_member_id", "followup_steps", ["member_id"])


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _instants(*names: str, nullable: bool = False) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=nullable) for name in names]


def _index(name: str, table: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_table("followup_steps")
    op.drop_table("followups")
    op.drop_table("amends")

"""Keep dialogues, what was asked, and what members told the guide."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import big_id

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer_dialogues",
        _member(),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("missed_at", sa.BigInteger(), nullable=False),
        *_of_member("answer_dialogues"),
    )
    op.create_index("ix_answer_dialogues_at", "answer_dialogues", ["at"])
    op.create_table(
        "faq_questions",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("helpful", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_faq_questions_member_id_members"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_faq_questions"),
    )
    op.create_index("ix_faq_questions_member_id", "faq_questions", ["member_id"])
    op.create_index("ix_faq_questions_at", "faq_questions", ["at"])
    op.create_table(
        "guide_tastes",
        _member(),
        sa.Column("style", sa.String(), nullable=False),
        sa.Column("budget_yuan", sa.Integer(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        *_of_member("guide_tastes"),
    )


def _member() -> sa.Column[int]:
    return sa.Column("member_id", big_id(), autoincrement=False, nullable=False)


def _of_member(table: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=f"fk_{table}_member_id_members"
        ),
        sa.PrimaryKeyConstraint("member_id", name=f"pk_{table}"),
    )


def downgrade() -> None:
    for table in ("guide_tastes", "faq_questions", "answer_dialogues"):
        op.drop_table(table)

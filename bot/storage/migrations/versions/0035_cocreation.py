"""Keep ideas, questions, trials and surveys."""

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import big_id

revision = "0035"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _ideas()
    _questions()


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _instants(*names: str, nullable: bool = False) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=nullable) for name in names]


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}")


def _id() -> sa.Column[int]:
    return sa.Column("id", big_id(), nullable=False)


def _ideas() -> None:
    op.create_table(
        "ideas",
        _id(),
        sa.Column("member_id", big_id(), nullable=True),
        *_texts("words", "digest", "flags", "state"),
        *_numbers("is_shown"),
        *_instants("made_at", "since"),
        *_instants("due_at", nullable=True),
        sa.Column("into_id", big_id(), nullable=True),
        _key("ideas", "member_id", "members"),
        sa.PrimaryKeyConstraint("id", name="pk_ideas"),
    )
    for column in ("member_id", "state", "due_at"):
        op.create_index(f"ix_ideas_{column}", "ideas", [column])
    op.create_table(
        "idea_supports",
        sa.Column("idea_id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        *_instants("at"),
        _key("idea_supports", "idea_id", "ideas"),
        _key("idea_supports", "member_id", "members"),
        sa.PrimaryKeyConstraint("idea_id", "member_id", name="pk_idea_supports"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_idea_supports_member_id", "idea_supports", ["member_id"])
    op.create_table(
        "idea_steps",
        _id(),
        sa.Column("idea_id", big_id(), nullable=False),
        *_texts("state", "reply", "who"),
        *_instants("at"),
        _key("idea_steps", "idea_id", "ideas"),
        sa.PrimaryKeyConstraint("id", name="pk_idea_steps"),
    )
    op.create_index("ix_idea_steps_idea_id", "idea_steps", ["idea_id"])
    op.create_table(
        "idea_rewards",
        _id(),
        sa.Column("idea_id", big_id(), nullable=False),
        *_texts("kind", "what", "why", "state", "asked_by", "settled_by"),
        *_numbers("points"),
        *_instants("asked_at"),
        *_instants("settled_at", nullable=True),
        _key("idea_rewards", "idea_id", "ideas"),
        sa.PrimaryKeyConstraint("id", name="pk_idea_rewards"),
        sa.UniqueConstraint("idea_id", name="uq_idea_rewards_idea_id"),
    )


def _questions() -> None:
    op.create_table(
        "questions",
        _id(),
        sa.Column("member_id", big_id(), nullable=False),
        *_texts("words", "flags", "state", "answer", "answered_by", "public_words"),
        *_numbers("named", "answers"),
        *_instants("asked_at"),
        *_instants("remind_at", "answered_at", "published_at", nullable=True),
        _key("questions", "member_id", "members"),
        sa.PrimaryKeyConstraint("id", name="pk_questions"),
    )
    for column in ("member_id", "remind_at", "published_at"):
        op.create_index(f"ix_questions_{column}", "questions", [column])
    op.create_table(
        "question_drafts",
        sa.Column("member_id", big_id(), nullable=False),
        *_texts("words"),
        *_instants("at"),
        _key("question_drafts", "member_id", "members"),
        sa.PrimaryKeyConstraint("member_id", name="pk_question_drafts"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for table in ("question_drafts", "questions"):
        op.drop_table(table)
    for table in ("idea_rewards", "idea_steps", "idea_supports", "ideas"):
        op.drop_table(table)

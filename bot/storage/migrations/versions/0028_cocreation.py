"""Keep ideas, questions, trials and surveys."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import big_id

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _ideas()
    _questions()
    _trials()
    _surveys()


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _instants(*names: str, nullable: bool = False) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=nullable) for name in names]


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}")


def _one_each(table: str, column: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(column, "member_id", name=f"uq_{table}_{column}_member_id")


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


def _trials() -> None:
    op.create_table(
        "trials",
        _id(),
        *_texts("path", "revision", "title", "words", "audience", "questions", "feedback"),
        *_texts("consent", "pick", "seed", "tag", "state"),
        *_numbers("quota", "feedback_after_days", "is_cohort"),
        *_instants("opens_at"),
        *_instants("closes_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_trials"),
        sa.UniqueConstraint("path", name="uq_trials_path"),
    )
    op.create_index("ix_trials_closes_at", "trials", ["closes_at"])
    op.create_table(
        "trial_applications",
        _id(),
        sa.Column("trial_id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        *_texts("state", "consent", "answers", "handed_by"),
        *_numbers("told", "asked"),
        *_instants("sent_at", "place"),
        *_instants("agreed_at", "decided_at", "handed_at", "asked_at", nullable=True),
        _key("trial_applications", "trial_id", "trials"),
        _key("trial_applications", "member_id", "members"),
        sa.PrimaryKeyConstraint("id", name="pk_trial_applications"),
        _one_each("trial_applications", "trial_id"),
    )
    for column in ("member_id", "told"):
        op.create_index(f"ix_trial_applications_{column}", "trial_applications", [column])
    op.create_table(
        "trial_feedback",
        _id(),
        sa.Column("trial_id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        *_texts("answers"),
        *_instants("first_at", "at"),
        _key("trial_feedback", "trial_id", "trials"),
        _key("trial_feedback", "member_id", "members"),
        sa.PrimaryKeyConstraint("id", name="pk_trial_feedback"),
        _one_each("trial_feedback", "trial_id"),
    )
    op.create_index("ix_trial_feedback_member_id", "trial_feedback", ["member_id"])


def _surveys() -> None:
    op.create_table(
        "surveys",
        _id(),
        *_texts("path", "revision", "title", "words", "questions", "audience", "state", "salt"),
        *_texts("sent_by"),
        *_numbers("anonymous"),
        *_instants("closes_at"),
        *_instants("sent_at", nullable=True),
        sa.Column("next_member", big_id(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_surveys"),
        sa.UniqueConstraint("path", name="uq_surveys_path"),
    )
    op.create_table(
        "survey_invitations",
        sa.Column("survey_id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        *_texts("letter", "told"),
        *_numbers("answered"),
        *_instants("delivered_at", nullable=True),
        *_of_survey_and_member("survey_invitations"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "survey_answers",
        sa.Column("survey_id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        *_texts("answers"),
        *_instants("at"),
        *_of_survey_and_member("survey_answers"),
        sqlite_with_rowid=False,
    )
    for table in ("survey_invitations", "survey_answers"):
        op.create_index(f"ix_{table}_member_id", table, ["member_id"])
    op.create_table(
        "survey_voices",
        _id(),
        sa.Column("survey_id", big_id(), nullable=False),
        *_texts("token", "answers"),
        _key("survey_voices", "survey_id", "surveys"),
        sa.PrimaryKeyConstraint("id", name="pk_survey_voices"),
        sa.UniqueConstraint("survey_id", "token", name="uq_survey_voices_survey_id_token"),
    )


def _of_survey_and_member(table: str) -> list[sa.Constraint]:
    return [
        _key(table, "survey_id", "surveys"),
        _key(table, "member_id", "members"),
        sa.PrimaryKeyConstraint("survey_id", "member_id", name=f"pk_{table}"),
    ]


def downgrade() -> None:
    for table in ("survey_voices", "survey_answers", "survey_invitations", "surveys"):
        op.drop_table(table)
    for table in ("trial_feedback", "trial_applications", "trials"):
        op.drop_table(table)
    for table in ("question_drafts", "questions"):
        op.drop_table(table)
    for table in ("idea_rewards", "idea_steps", "idea_supports", "ideas"):
        op.drop_table(table)

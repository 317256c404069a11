"""Keep ratings of cases, what members say, what people say of the detector, weekly numbers."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import big_id

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_TABLES = (
    *("case_ratings", "voices", "detector_doubts", "detector_lessons"),
    *("sample_weeks", "sample_chats", "sample_refusals", "human_spans", "week_reports"),
)


def upgrade() -> None:
    _ratings()
    _verdicts()
    _create("human_spans", _instant("since"), _instant("until_at", nullable=True))
    _index("human_spans", "until_at")
    op.create_table(
        "week_reports",
        _week(),
        _instant("made_at"),
        *_texts("numbers"),
        sa.PrimaryKeyConstraint("week", name="pk_week_reports"),
    )


def _ratings() -> None:
    _create(
        "case_ratings",
        sa.Column("case_id", big_id(), nullable=False),
        *_integers("times_opened", "score", "first_score", "told"),
        *_texts("kind", "advisor", "channel", "identity", "state", "key"),
        _instant("due_at"),
        *(_instant(name, nullable=True) for name in ("asked_at", "answered_at")),
        sa.UniqueConstraint("case_id", "times_opened", name="uq_case_ratings_case_id_times_opened"),
    )
    op.create_index("ix_case_ratings_state", "case_ratings", ["state", "due_at"])
    _index("case_ratings", "answered_at")
    _create(
        "voices",
        *_texts("key", "words", "about", "by_rule", "who", "handled"),
        _instant("at"),
        _json("found"),
        _instant("handled_at", nullable=True),
        sa.UniqueConstraint("key", name="uq_voices_key"),
    )
    _index("voices", "at")


def _verdicts() -> None:
    _create(
        "detector_doubts",
        *_texts("key", "channel", "account", "identity", "in_group"),
        *_texts("words", "label", "verdict", "who"),
        *_integers("score_milli", "severity"),
        _instant("at"),
        _json("reasons"),
        _instant("decided_at", nullable=True),
        sa.UniqueConstraint("key", name="uq_detector_doubts_key"),
    )
    op.create_index("ix_detector_doubts_verdict", "detector_doubts", ["verdict", "at"])
    _create(
        "detector_lessons",
        *_texts("key", "source", "who"),
        *_integers("escalate"),
        _json("turns"),
        _instant("at"),
        sa.UniqueConstraint("key", name="uq_detector_lessons_key"),
    )
    _index("detector_lessons", "at")
    op.create_table(
        "sample_weeks",
        _week(),
        *_integers("chats"),
        _instant("drawn_at"),
        sa.PrimaryKeyConstraint("week", name="pk_sample_weeks"),
    )
    _create(
        "sample_chats",
        _week(),
        *_integers("place"),
        *_texts("verdict", "who"),
        _instant("decided_at", nullable=True),
        sa.UniqueConstraint("week", "member_id", name="uq_sample_chats_week_member_id"),
    )
    op.create_table(
        "sample_refusals",
        sa.Column("member_id", big_id(), autoincrement=False, nullable=False),
        _instant("since"),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_sample_refusals_member_id_members"
        ),
        sa.PrimaryKeyConstraint("member_id", name="pk_sample_refusals"),
    )


def _create(table: str, *columns: Any) -> None:
    op.create_table(
        table,
        sa.Column("id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=f"fk_{table}_member_id_members"
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    _index(table, "member_id")


def _index(table: str, column: str) -> None:
    op.create_index(f"ix_{table}_{column}", table, [column])


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _integers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _json(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _week() -> sa.Column[str]:
    return sa.Column("week", sa.String(10), nullable=False)


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)

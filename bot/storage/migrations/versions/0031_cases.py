"""Keep cases, what belongs to them, and who has a conversation; nobody waits on a list apart."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import big_id

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_PARTS = ("case_evidence", "case_steps", "case_promises")
_OPEN = sa.text("state <> 'closed'")
_LASTING = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        *_texts("kind", "state", "channel", "account", "identity", "in_group", "advisor", "code"),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        *_instants("opened_at", "since", "heard_at"),
        *(_instant(name, nullable=True) for name in _LATER),
        sa.Column("times_opened", sa.Integer(), nullable=False),
        _of_member("cases"),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
    )
    op.create_index("ix_cases_member_id", "cases", ["member_id"])
    op.create_index("ix_cases_state", "cases", ["state", "advisor"])
    op.create_index("ix_cases_closed_at", "cases", ["closed_at"])
    op.create_index(
        "uq_cases_open",
        "cases",
        ["member_id"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    _part(
        "case_evidence",
        *_texts("key", "words", "kind", "media", "label"),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("score_milli", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
    )
    op.create_index("uq_case_evidence_key", "case_evidence", ["case_id", "key"], unique=True)
    _part("case_steps", *_texts("who", "what", "words"))
    op.create_index("ix_case_steps_case_id", "case_steps", ["case_id"])
    _part(
        "case_promises",
        *_texts("what", "who"),
        *_instants("due_at"),
        _instant("ended_at", nullable=True),
        sa.Column("is_kept", sa.Integer(), nullable=False),
    )
    op.create_index("ix_case_promises_case_id", "case_promises", ["case_id"])
    op.create_index(
        "ix_case_promises_due",
        "case_promises",
        ["due_at"],
        sqlite_where=_LASTING,
        postgresql_where=_LASTING,
    )
    op.create_table(
        "conversation_owners",
        sa.Column("member_id", big_id(), autoincrement=False, nullable=False),
        *_texts("owner", "advisor"),
        sa.Column("case_id", big_id(), nullable=False),
        sa.Column("at_platform", sa.Integer(), nullable=False),
        *_instants("since"),
        _of_member("conversation_owners"),
        sa.PrimaryKeyConstraint("member_id", name="pk_conversation_owners"),
    )
    op.execute(
        "INSERT INTO cases (member_id, kind, severity, state, reasons, channel, account, identity,"
        " in_group, advisor, opened_at, since, heard_at, code, times_opened)"
        " SELECT member_id, 'human', 1, 'new', '[]', '', '', '', '', '', asked_at, asked_at,"
        " last_asked_at, '', 1 FROM human_requests WHERE closed_at IS NULL"
    )
    op.drop_table("human_requests")


_LATER = ("assigned_at", "accepted_at", "answered_at", "spoke_at", "ended_at", "closed_at")


def _part(table: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        table,
        sa.Column("id", big_id(), nullable=False),
        sa.Column("case_id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        *columns,
        *_instants("at"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=f"fk_{table}_case_id_cases"),
        _of_member(table),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_member_id", table, ["member_id"])


def _of_member(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["member_id"], ["members.id"], name=f"fk_{table}_member_id_members"
    )


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _instants(*names: str) -> list[sa.Column[int]]:
    return [_instant(name) for name in names]


def _instant(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def downgrade() -> None:
    op.create_table(
        "human_requests",
        sa.Column("member_id", big_id(), autoincrement=False, nullable=False),
        *_instants("asked_at", "last_asked_at"),
        sa.Column("times", sa.Integer(), nullable=False),
        _instant("closed_at", nullable=True),
        *_texts("closed_by"),
        _of_member("human_requests"),
        sa.PrimaryKeyConstraint("member_id", name="pk_human_requests"),
    )
    op.create_index("ix_human_requests_closed_at", "human_requests", ["closed_at"])
    for table in ("conversation_owners", *reversed(_PARTS), "cases"):
        op.drop_table(table)

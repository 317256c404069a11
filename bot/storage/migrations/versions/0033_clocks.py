"""Keep what is due for a case, who was told of it, and who was asked to take it."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import big_id

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_RUNNING = sa.text("stopped_at IS NULL")
_TABLES = ("case_clocks", "case_ladder", "case_asked")


def upgrade() -> None:
    _create(
        "case_clocks",
        *_texts("timer", "level", "tier", "stopped_by"),
        *(_instant(name) for name in ("started_at", "half_at", "most_at", "due_at")),
        *(_instant(name, nullable=True) for name in _LATER),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("climbed", "used_s")),
    )
    op.create_index("ix_case_clocks_case_id", "case_clocks", ["case_id"])
    op.create_index("ix_case_clocks_stopped_at", "case_clocks", ["timer", "stopped_at"])
    for name, columns, unique in (
        ("uq_case_clocks_running", ["case_id", "timer"], True),
        ("ix_case_clocks_next_at", ["next_at"], False),
    ):
        op.create_index(
            name,
            "case_clocks",
            columns,
            unique=unique,
            sqlite_where=_RUNNING,
            postgresql_where=_RUNNING,
        )
    _create(
        "case_ladder",
        *_texts("timer", "step", "told"),
        _instant("at"),
        _once("case_ladder", "timer", "step"),
    )
    op.create_index("ix_case_ladder_at", "case_ladder", ["at"])
    _create("case_asked", *_texts("advisor"), _instant("at"), _once("case_asked", "advisor"))


_LATER = ("next_at", "paused_at", "warned_50_at", "warned_80_at", "breached_at", "stopped_at")


def _create(table: str, *columns: Any) -> None:
    op.create_table(
        table,
        sa.Column("id", big_id(), nullable=False),
        sa.Column("case_id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("times_opened", sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=f"fk_{table}_member_id_members"
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_member_id", table, ["member_id"])


def _once(table: str, *columns: str) -> sa.UniqueConstraint:
    names = ("case_id", "times_opened", *columns)
    return sa.UniqueConstraint(*names, name=f"uq_{table}_{'_'.join(names)}")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _instant(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)

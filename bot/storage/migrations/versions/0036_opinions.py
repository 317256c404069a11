"""Keep second opinions, and what they cost on each day."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import big_id

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_LASTING = sa.text("state IN ('wanted', 'asked')")


def upgrade() -> None:
    op.create_table(
        "opinions",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        *_texts("channel", "account", "identity", "in_group", "key"),
        *_instants("said_at", "at"),
        *_texts("words"),
        sa.Column("turns", sa.Text(), nullable=False),
        *_numbers("score_milli"),
        *_texts("label"),
        *_numbers("severity"),
        sa.Column("reasons", sa.Text(), nullable=False),
        *_numbers("prompted"),
        *_texts("state"),
        *_numbers("tries", "tokens"),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        *_texts("why", "verdict_label"),
        *_numbers("verdict_severity", "verdict_milli"),
        *_texts("verdict_reason"),
        *_numbers("after_milli"),
        *_texts("became"),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_opinions_member_id_members"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_opinions"),
        sa.UniqueConstraint("channel", "key", name="uq_opinions_channel_key"),
    )
    op.create_index("ix_opinions_member_id", "opinions", ["member_id"])
    op.create_index("ix_opinions_ended_at", "opinions", ["ended_at"])
    op.create_index(
        "ix_opinions_waiting",
        "opinions",
        ["id"],
        sqlite_where=_LASTING,
        postgresql_where=_LASTING,
    )
    op.create_table(
        "opinion_days",
        sa.Column("day", sa.String(10), nullable=False),
        *_numbers("requests", "tokens", "answered", "failed", "skipped", "raised", "lowered"),
        sa.PrimaryKeyConstraint("day", name="pk_opinion_days"),
    )


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _instants(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def downgrade() -> None:
    op.drop_table("opinion_days")
    op.drop_table("opinions")

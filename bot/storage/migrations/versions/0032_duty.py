"""Keep who is absent, who said so, and who is on duty."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import big_id

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duty_absences",
        sa.Column("id", big_id(), nullable=False),
        *_texts("advisor", "kind", "why", "who", "ended_by"),
        *_instants("since", "until", "at"),
        sa.PrimaryKeyConstraint("id", name="pk_duty_absences"),
    )
    op.create_index("ix_duty_absences_advisor", "duty_absences", ["advisor"])
    op.create_index("ix_duty_absences_until", "duty_absences", ["until"])
    op.create_table(
        "duty_words",
        *_texts("advisor", "source", "duty"),
        *_instants("at"),
        sa.PrimaryKeyConstraint("advisor", "source", name="pk_duty_words"),
    )
    op.create_table(
        "duty_now",
        *_texts("advisor", "why_not"),
        sa.Column("on_duty", sa.Integer(), nullable=False),
        *_instants("since"),
        sa.PrimaryKeyConstraint("advisor", name="pk_duty_now"),
    )


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _instants(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def downgrade() -> None:
    for table in ("duty_now", "duty_words", "duty_absences"):
        op.drop_table(table)

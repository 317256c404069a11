"""Keep the cards that advisors got, and what members looked at last."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import big_id

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_NOT_OVER = sa.text("state <> 'over'")


def upgrade() -> None:
    op.create_table(
        "case_cards",
        *(sa.Column(name, big_id(), nullable=False) for name in ("id", "case_id", "member_id")),
        *_texts("advisor", "state"),
        sa.Column("severity", sa.Integer(), nullable=False),
        *_texts("key", "change_key", "handle"),
        *_instants("fresh_at", "issued_at"),
        sa.Column("snoozes", sa.Integer(), nullable=False),
        *_instants("snoozed_until"),
        _of_member("case_cards"),
        sa.PrimaryKeyConstraint("id", name="pk_case_cards"),
    )
    op.create_index("ix_case_cards_case_id", "case_cards", ["case_id"])
    op.create_index("ix_case_cards_member_id", "case_cards", ["member_id"])
    op.create_index("ix_case_cards_issued_at", "case_cards", ["advisor", "issued_at"])
    op.create_index(
        "ix_case_cards_not_over",
        "case_cards",
        ["state"],
        sqlite_where=_NOT_OVER,
        postgresql_where=_NOT_OVER,
    )
    op.create_table(
        "card_doubts",
        sa.Column("hour", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("many", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hour", name="pk_card_doubts"),
    )
    op.create_table(
        "product_views",
        sa.Column("member_id", big_id(), autoincrement=False, nullable=False),
        *_texts("sku"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        _of_member("product_views"),
        sa.PrimaryKeyConstraint("member_id", "sku", name="pk_product_views"),
    )


def _of_member(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["member_id"], ["members.id"], name=f"fk_{table}_member_id_members"
    )


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _instants(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=True) for name in names]


def downgrade() -> None:
    for table in ("product_views", "card_doubts", "case_cards"):
        op.drop_table(table)

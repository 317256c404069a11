"""Keep coupons."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import big_id

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_UNUSED = sa.text("state = 'issued'")
_TEXTS = ("key", "code", "kind", "title", "stores", "reason", "made_by", "state", "closed_by")
_NUMBERS = ("face_fen", "percent_off", "minimum_fen", "stackable", "transferable", "off_fen")


def upgrade() -> None:
    op.create_table(
        "coupons",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in (*_TEXTS, "order_ref", "store")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in (*_NUMBERS, "reminded")),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("valid_until", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('issued', 'redeemed', 'revoked')", name="ck_coupons_known_state"
        ),
        sa.CheckConstraint("(face_fen > 0) <> (percent_off > 0)", name="ck_coupons_one_value"),
        sa.CheckConstraint(
            "face_fen >= 0 AND percent_off BETWEEN 0 AND 100 AND minimum_fen >= 0",
            name="ck_coupons_sane_value",
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_coupons_member_id_members"),
        sa.PrimaryKeyConstraint("id", name="pk_coupons"),
        sa.UniqueConstraint("key", name="uq_coupons_key"),
        sa.UniqueConstraint("code", name="uq_coupons_code"),
    )
    op.create_index("ix_coupons_member_id", "coupons", ["member_id"])
    op.create_index("ix_coupons_order_ref", "coupons", ["order_ref"])
    op.create_index(
        "ix_coupons_ends",
        "coupons",
        ["valid_until"],
        sqlite_where=_UNUSED,
        postgresql_where=_UNUSED,
    )


def downgrade() -> None:
    for name in ("ix_coupons_ends", "ix_coupons_order_ref", "ix_coupons_member_id"):
        op.drop_index(name, "coupons")
    op.drop_table("coupons")

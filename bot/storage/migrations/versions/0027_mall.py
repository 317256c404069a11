"""Keep what points can buy, who has claimed what, and whom coupons are issued to."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import big_id

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_HELD = sa.text("state = 'held'")
_TEXTS = ("path", "revision", "title", "words", "picture", "coupon", "audience", "early", "state")
_BATCH_TEXTS = (
    *("kind", "terms", "audience", "period", "why", "made_by", "state"),
    *("revoked_by", "revoke_why"),
)
_NUMBERS = ("points", "stock", "taken", "per_member", "reserve_hours", "flash", "early_hours")


def upgrade() -> None:
    op.create_table(
        "mall_goods",
        sa.Column("id", big_id(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in _TEXTS),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in (*_NUMBERS, "invite")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("opens_at", "made_at")),
        *(
            sa.Column(name, sa.BigInteger(), nullable=True)
            for name in ("closes_at", "early_at", "early_told_at", "told_at")
        ),
        *(sa.Column(name, big_id(), nullable=False) for name in ("early_next", "told_next")),
        sa.CheckConstraint("taken >= 0 AND taken <= stock", name="ck_mall_goods_stock"),
        sa.PrimaryKeyConstraint("id", name="pk_mall_goods"),
        sa.UniqueConstraint("path", name="uq_mall_goods_path"),
    )
    op.create_table(
        "mall_claims",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("goods_id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("place", "points")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("state", "code", "closed_by")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("sent_at", "at")),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in ("until", "closed_at")),
        sa.Column("reminded", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["goods_id"], ["mall_goods.id"], name="fk_mall_claims_goods_id_mall_goods"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_mall_claims_member_id_members"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_mall_claims"),
        sa.UniqueConstraint("code", name="uq_mall_claims_code"),
        sa.UniqueConstraint(
            "goods_id", "member_id", "slot", name="uq_mall_claims_goods_id_member_id_slot"
        ),
    )
    op.create_index("ix_mall_claims_member_id", "mall_claims", ["member_id"])
    op.create_index("ix_mall_claims_closed_at", "mall_claims", ["closed_at"])
    op.create_index(
        "ix_mall_claims_ends",
        "mall_claims",
        ["until"],
        sqlite_where=_HELD,
        postgresql_where=_HELD,
    )
    op.create_table(
        "mall_wishes",
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("goods_id", big_id(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["goods_id"], ["mall_goods.id"], name="fk_mall_wishes_goods_id_mall_goods"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_mall_wishes_member_id_members"
        ),
        sa.PrimaryKeyConstraint("member_id", name="pk_mall_wishes"),
    )

    op.create_index("ix_coupons_reason", "coupons", ["reason"])
    op.create_table(
        "coupon_batches",
        sa.Column("id", big_id(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in _BATCH_TEXTS),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("tells", "issued", "revoked")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("at", "ends_at")),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("next_member", big_id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_coupon_batches"),
    )


def downgrade() -> None:
    op.drop_table("coupon_batches")
    op.drop_index("ix_coupons_reason", "coupons")
    op.drop_table("mall_wishes")
    for name in ("ix_mall_claims_ends", "ix_mall_claims_closed_at", "ix_mall_claims_member_id"):
        op.drop_index(name, "mall_claims")
    op.drop_table("mall_claims")
    op.drop_table("mall_goods")

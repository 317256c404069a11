"""Keep deeds, what they earn, badges, titles, proposed events, and stamps."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import big_id

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "badge_rounds",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("terms", sa.String(), nullable=False),
        sa.Column("next_member", big_id(), nullable=False),
        sa.Column("granted", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("code", name="pk_badge_rounds"),
    )
    op.create_table(
        "badge_grants",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("untold", sa.Integer(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_badge_grants_member_id_members"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_badge_grants"),
        sa.UniqueConstraint("member_id", "code", name="uq_badge_grants_member_id_code"),
    )
    op.create_index("ix_badge_grants_code", "badge_grants", ["code"])
    op.create_index("ix_badge_grants_untold", "badge_grants", ["untold"])
    op.create_table(
        "deeds",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("amount_fen", big_id(), nullable=False),
        sa.Column("undone", sa.Integer(), nullable=False),
        sa.Column("judged", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_deeds_member_id_members"),
        sa.PrimaryKeyConstraint("id", name="pk_deeds"),
        sa.UniqueConstraint("key", name="uq_deeds_key"),
    )
    op.create_index("ix_deeds_judged", "deeds", ["judged"])
    op.create_index("ix_deeds_member_id", "deeds", ["member_id", "kind", "day"])
    op.create_table(
        "proposals",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reply", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_proposals_member_id_members"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_proposals"),
        sa.UniqueConstraint("key", name="uq_proposals_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_proposals_member_id", "proposals", ["member_id"])
    op.create_index("ix_proposals_state", "proposals", ["state"])
    op.create_table(
        "reward_earnings",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("deed_id", big_id(), nullable=True),
        sa.Column("member_id", big_id(), nullable=True),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("unit_points", sa.Integer(), nullable=False),
        sa.Column("each_fen", sa.Integer(), nullable=False),
        sa.Column("factor", sa.Integer(), nullable=False),
        sa.Column("doubles", sa.String(), nullable=False),
        sa.Column("streak_days", sa.Integer(), nullable=False),
        sa.Column("ledger_key", sa.String(), nullable=False),
        sa.Column("coupon_key", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_reward_earnings_member_id_members"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reward_earnings"),
        sa.UniqueConstraint("rule", "deed_id", name="uq_reward_earnings_rule_deed_id"),
    )
    op.create_index("ix_reward_earnings_day", "reward_earnings", ["day"])
    op.create_index("ix_reward_earnings_deed_id", "reward_earnings", ["deed_id"])
    op.create_index("ix_reward_earnings_member_id", "reward_earnings", ["member_id", "rule", "day"])
    op.create_table(
        "stamp_coupons",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("card", sa.String(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("cups", sa.Integer(), nullable=False),
        sa.Column("coupon_key", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("untold", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_stamp_coupons_member_id_members"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_stamp_coupons"),
    )
    op.create_index("ix_stamp_coupons_member_id", "stamp_coupons", ["member_id", "card"])
    op.create_index("ix_stamp_coupons_untold", "stamp_coupons", ["untold"])
    op.create_table(
        "stamps",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("card", sa.String(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("order_id", big_id(), nullable=True),
        sa.Column("cups", sa.Integer(), nullable=False),
        sa.Column("first_cups", sa.Integer(), nullable=False),
        sa.Column("prices_fen", sa.String(), nullable=False),
        sa.Column("list_fen", big_id(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("cups BETWEEN 0 AND first_cups", name="ck_stamps_never_negative"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_stamps_member_id_members"),
        sa.PrimaryKeyConstraint("id", name="pk_stamps"),
        sa.UniqueConstraint("key", name="uq_stamps_key"),
    )
    op.create_index("ix_stamps_member_id", "stamps", ["member_id", "card"])
    op.create_index("ix_stamps_order_id", "stamps", ["order_id"])
    op.create_table(
        "titles_held",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.String(10), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_titles_held_member_id_members"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_titles_held"),
    )
    op.create_index("ix_titles_held_member_id", "titles_held", ["member_id"])


def downgrade() -> None:
    op.drop_index("ix_titles_held_member_id", "titles_held")
    op.drop_table("titles_held")
    op.drop_index("ix_stamps_order_id", "stamps")
    op.drop_index("ix_stamps_member_id", "stamps")
    op.drop_table("stamps")
    op.drop_index("ix_stamp_coupons_untold", "stamp_coupons")
    op.drop_index("ix_stamp_coupons_member_id", "stamp_coupons")
    op.drop_table("stamp_coupons")
    op.drop_index("ix_reward_earnings_member_id", "reward_earnings")
    op.drop_index("ix_reward_earnings_deed_id", "reward_earnings")
    op.drop_index("ix_reward_earnings_day", "reward_earnings")
    op.drop_table("reward_earnings")
    op.drop_index("ix_proposals_state", "proposals")
    op.drop_index("ix_proposals_member_id", "proposals")
    op.drop_table("proposals")
    op.drop_index("ix_deeds_member_id", "deeds")
    op.drop_index("ix_deeds_judged", "deeds")
    op.drop_table("deeds")
    op.drop_index("ix_badge_grants_untold", "badge_grants")
    op.drop_index("ix_badge_grants_code", "badge_grants")
    op.drop_table("badge_grants")
    op.drop_table("badge_rounds")

"""Keep leaderboards, filled from the check-ins so far, referrals, and bookings."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import big_id

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_FILL_MONTHS = """
    INSERT INTO rank_months (member_id, month, mask, days)
    SELECT member_id, substr(day, 1, 7), SUM(1 << (CAST(substr(day, 9, 2) AS INTEGER) - 1)),
           COUNT(*)
    FROM checkins GROUP BY member_id, substr(day, 1, 7)
"""
_FILL_STREAKS = """
    INSERT INTO rank_streaks (member_id, last_day, days)
    SELECT member_id, last_day, days FROM streaks
"""


def upgrade() -> None:
    _rankings()
    _referral()
    _bookings()


def downgrade() -> None:
    tables = (
        *("booked_quarters", "bookings", "bookable_services"),
        *("referral_tiers", "referral_refusals", "referrals", "referral_codes"),
        *("rank_streaks", "rank_months", "rank_hidden", "digests", "digest_groups"),
    )
    for table in tables:
        op.drop_table(table)


def _member(table: str, column: str = "member_id") -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_members"
    return sa.ForeignKeyConstraint([column], ["members.id"], name=name)


def _rankings() -> None:
    op.create_table(
        "digest_groups",
        sa.Column("group_id", sa.String(), nullable=False),
        sa.Column("is_on", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("quiet_until", sa.String(10), nullable=True),
        sa.PrimaryKeyConstraint("group_id", name="pk_digest_groups"),
    )
    op.create_table(
        "digests",
        sa.Column("group_id", sa.String(), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "day", name="pk_digests"),
    )
    op.create_table(
        "rank_hidden",
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        _member("rank_hidden"),
        sa.PrimaryKeyConstraint("member_id", name="pk_rank_hidden"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rank_months",
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("mask", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        _member("rank_months"),
        sa.PrimaryKeyConstraint("member_id", "month", name="pk_rank_months"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rank_months_days", "rank_months", ["month", "days", "member_id"])
    op.create_table(
        "rank_streaks",
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("last_day", sa.String(10), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        _member("rank_streaks"),
        sa.PrimaryKeyConstraint("member_id", name="pk_rank_streaks"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rank_streaks_days", "rank_streaks", ["last_day", "days", "member_id"])
    op.execute(_FILL_MONTHS)
    op.execute(_FILL_STREAKS)


def _referral() -> None:
    op.create_table(
        "referral_codes",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        _member("referral_codes"),
        sa.PrimaryKeyConstraint("code", name="pk_referral_codes"),
    )
    op.create_index("ix_referral_codes_member_id", "referral_codes", ["member_id"])
    op.create_table(
        "referrals",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("friend_id", big_id(), nullable=True),
        sa.Column("referrer_id", big_id(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("order_id", big_id(), nullable=True),
        sa.Column("paid_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("granted_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "friend_id <> referrer_id OR state IN ('void', 'refused')", name="ck_referrals_not_self"
        ),
        _member("referrals", "friend_id"),
        _member("referrals", "referrer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_referrals"),
        sa.UniqueConstraint("friend_id", name="uq_referrals_friend_id"),
    )
    op.create_index("ix_referrals_referrer_id", "referrals", ["referrer_id"])
    op.create_index("ix_referrals_due", "referrals", ["state", "due_at"])
    op.create_table(
        "referral_refusals",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("friend_id", big_id(), nullable=False),
        sa.Column("referrer_id", big_id(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        _member("referral_refusals", "friend_id"),
        _member("referral_refusals", "referrer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_referral_refusals"),
    )
    op.create_index("ix_referral_refusals_friend_id", "referral_refusals", ["friend_id"])
    op.create_index("ix_referral_refusals_referrer_id", "referral_refusals", ["referrer_id"])
    op.create_table(
        "referral_tiers",
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("coupon_key", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        _member("referral_tiers"),
        sa.PrimaryKeyConstraint("member_id", "count", name="pk_referral_tiers"),
        sqlite_with_rowid=False,
    )


def _bookings() -> None:
    op.create_table(
        "bookable_services",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bookable_services"),
        sa.UniqueConstraint("path", name="uq_bookable_services_path"),
    )
    op.create_table(
        "bookings",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("service_id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("advisor", sa.String(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("reminded", sa.Integer(), nullable=False),
        sa.Column("news", sa.String(), nullable=False),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["bookable_services.id"],
            name="fk_bookings_service_id_bookable_services",
        ),
        _member("bookings"),
        sa.PrimaryKeyConstraint("id", name="pk_bookings"),
    )
    op.create_index("ix_bookings_member_id", "bookings", ["member_id"])
    op.create_index("ix_bookings_starts_at", "bookings", ["starts_at"])
    op.create_index("ix_bookings_state", "bookings", ["state", "starts_at"])
    booked, has_news = sa.text("state = 'booked'"), sa.text("news <> ''")
    op.create_index(
        "uq_bookings_one_each",
        "bookings",
        ["member_id", "service_id"],
        unique=True,
        sqlite_where=booked,
        postgresql_where=booked,
    )
    op.create_index(
        "ix_bookings_news", "bookings", ["id"], sqlite_where=has_news, postgresql_where=has_news
    )
    op.create_table(
        "booked_quarters",
        sa.Column("advisor", sa.String(), nullable=False),
        sa.Column("quarter", big_id(), nullable=False),
        sa.Column("booking_id", big_id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name="fk_booked_quarters_booking_id_bookings"
        ),
        sa.PrimaryKeyConstraint("advisor", "quarter", name="pk_booked_quarters"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_booked_quarters_booking_id", "booked_quarters", ["booking_id"])

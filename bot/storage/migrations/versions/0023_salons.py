"""Keep salons, who comes to them, who was invited, and what they are told."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import big_id

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_UNTOLD = sa.text("tell IN ('promoted', 'too_many')")


def upgrade() -> None:
    op.create_table(
        "salons",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("revision", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("guests_max", sa.Integer(), nullable=False),
        sa.Column("invite", sa.String(), nullable=False),
        sa.Column("invite_first", sa.String(), nullable=False),
        sa.Column("first_hours", sa.Integer(), nullable=False),
        sa.Column("invite_at", sa.BigInteger(), nullable=False),
        sa.Column("signup_until", sa.BigInteger(), nullable=False),
        sa.Column("reminders", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("no_show", sa.String(), nullable=False),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("next_member", big_id(), nullable=False),
        sa.Column("first_done_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_salons"),
        sa.UniqueConstraint("path", name="uq_salons_path"),
    )
    op.create_index("ix_salons_starts_at", "salons", ["starts_at"])
    op.create_table(
        "salon_signups",
        sa.Column("salon_id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("in_at", sa.BigInteger(), nullable=True),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("tell", sa.String(), nullable=False),
        sa.Column("came_at", sa.BigInteger(), nullable=True),
        sa.Column("came_by", sa.String(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.Column("said", sa.String(), nullable=False),
        _salon("salon_signups"),
        _member("salon_signups"),
        sa.PrimaryKeyConstraint("salon_id", "member_id", name="pk_salon_signups"),
    )
    op.create_index("ix_salon_signups_member_id", "salon_signups", ["member_id"])
    op.create_index(
        "ix_salon_signups_tell",
        "salon_signups",
        ["tell"],
        sqlite_where=_UNTOLD,
        postgresql_where=_UNTOLD,
    )
    op.create_table(
        "salon_invitees",
        sa.Column("salon_id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        _salon("salon_invitees"),
        _member("salon_invitees"),
        sa.PrimaryKeyConstraint("salon_id", "member_id", name="pk_salon_invitees"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_salon_invitees_member_id", "salon_invitees", ["member_id"])
    op.create_table(
        "salon_hosts",
        sa.Column("salon_id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("consent", sa.String(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        _salon("salon_hosts"),
        _member("salon_hosts"),
        sa.PrimaryKeyConstraint("salon_id", "member_id", name="pk_salon_hosts"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_salon_hosts_member_id", "salon_hosts", ["member_id"])
    op.create_table(
        "salon_rounds",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("salon_id", big_id(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("next_number", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        _salon("salon_rounds"),
        sa.PrimaryKeyConstraint("id", name="pk_salon_rounds"),
        sa.UniqueConstraint("salon_id", "key", name="uq_salon_rounds_salon_id_key"),
    )
    op.create_index("ix_salon_rounds_done_at", "salon_rounds", ["done_at"])
    op.create_table(
        "salon_walk_ins",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("salon_id", big_id(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("seen_by", sa.String(), nullable=False),
        _salon("salon_walk_ins"),
        sa.PrimaryKeyConstraint("id", name="pk_salon_walk_ins"),
        sa.UniqueConstraint("salon_id", "key", name="uq_salon_walk_ins_salon_id_key"),
    )
    op.create_table(
        "salon_calendars",
        sa.Column("salon_id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        _salon("salon_calendars"),
        _member("salon_calendars"),
        sa.PrimaryKeyConstraint("salon_id", "member_id", name="pk_salon_calendars"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_salon_calendars_member_id", "salon_calendars", ["member_id"])


def _salon(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["salon_id"], ["salons.id"], name=f"fk_{table}_salon_id_salons")


def _member(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_member_id_members"
    return sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=name)


def downgrade() -> None:
    op.drop_index("ix_salon_calendars_member_id", "salon_calendars")
    op.drop_table("salon_calendars")
    op.drop_table("salon_walk_ins")
    op.drop_index("ix_salon_rounds_done_at", "salon_rounds")
    op.drop_table("salon_rounds")
    op.drop_index("ix_salon_hosts_member_id", "salon_hosts")
    op.drop_table("salon_hosts")
    op.drop_index("ix_salon_invitees_member_id", "salon_invitees")
    op.drop_table("salon_invitees")
    op.drop_index("ix_salon_signups_tell", "salon_signups")
    op.drop_index("ix_salon_signups_member_id", "salon_signups")
    op.drop_table("salon_signups")
    op.drop_index("ix_salons_starts_at", "salons")
    op.drop_table("salons")

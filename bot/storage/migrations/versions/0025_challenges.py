"""Days that are made up or given, and challenges."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import big_id

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _makeups()
    _amnesties()
    _challenges()
    _photos()


def _makeups() -> None:
    op.create_table(
        "makeups",
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("made_on", sa.String(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_makeups_member_id_members"),
        sa.PrimaryKeyConstraint("member_id", "day", name="pk_makeups"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "makeup_tokens",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("earned_on", sa.String(), nullable=False),
        sa.Column("used_for", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_makeup_tokens_member_id_members"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_makeup_tokens"),
    )
    op.create_index("ix_makeup_tokens_member_id", "makeup_tokens", ["member_id", "used_for"])


def _amnesties() -> None:
    op.create_table(
        "amnesties",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("first_day", sa.String(), nullable=False),
        sa.Column("last_day", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("next_member", big_id(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("undone_by", sa.String(), nullable=False),
        sa.Column("undone_why", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_amnesties"),
    )
    op.create_table(
        "amnesty_days",
        sa.Column("amnesty_id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["amnesty_id"], ["amnesties.id"], name="fk_amnesty_days_amnesty_id_amnesties"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_amnesty_days_member_id_members"
        ),
        sa.PrimaryKeyConstraint("amnesty_id", "member_id", "day", name="pk_amnesty_days"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_amnesty_days_member_id", "amnesty_days", ["member_id"])


def _challenges() -> None:
    texts = ("path", "revision", "title", "words", "first_day", "last_day", "terms", "kinds")
    op.create_table(
        "challenges",
        sa.Column("id", big_id(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in (*texts, "state")),
        sa.Column("next_member", big_id(), nullable=False),
        sa.Column("gone_joined", sa.Integer(), nullable=False),
        sa.Column("gone_done", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_challenges"),
        sa.UniqueConstraint("path", name="uq_challenges_path"),
    )
    op.create_index("ix_challenges_last_day", "challenges", ["last_day"])
    op.create_table(
        "challenge_members",
        sa.Column("challenge_id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("done_on", sa.String(), nullable=True),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("reward", sa.String(), nullable=False),
        sa.Column("prize", sa.String(), nullable=False),
        sa.Column("reward_key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenges.id"], name="fk_challenge_members_challenge_id_challenges"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_challenge_members_member_id_members"
        ),
        sa.PrimaryKeyConstraint("challenge_id", "member_id", name="pk_challenge_members"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_challenge_members_member_id", "challenge_members", ["member_id"])


def _photos() -> None:
    op.create_table(
        "challenge_photos",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("update_key", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("shape", sa.String(), nullable=False),
        sa.Column("with_word", sa.Integer(), nullable=False),
        sa.Column("like_id", big_id(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_challenge_photos_member_id_members"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_challenge_photos"),
        sa.UniqueConstraint(
            "channel", "update_key", "place", name="uq_challenge_photos_channel_update_key_place"
        ),
    )
    op.create_index("ix_challenge_photos_digest", "challenge_photos", ["digest"])
    op.create_index("ix_challenge_photos_member_id", "challenge_photos", ["member_id", "day"])
    op.create_index("ix_challenge_photos_state", "challenge_photos", ["state", "id"])


def downgrade() -> None:
    for name in ("state", "member_id", "digest"):
        op.drop_index(f"ix_challenge_photos_{name}", "challenge_photos")
    op.drop_table("challenge_photos")
    op.drop_index("ix_challenge_members_member_id", "challenge_members")
    op.drop_table("challenge_members")
    op.drop_index("ix_challenges_last_day", "challenges")
    op.drop_table("challenges")
    op.drop_index("ix_amnesty_days_member_id", "amnesty_days")
    op.drop_table("amnesty_days")
    op.drop_table("amnesties")
    op.drop_index("ix_makeup_tokens_member_id", "makeup_tokens")
    op.drop_table("makeup_tokens")
    op.drop_table("makeups")

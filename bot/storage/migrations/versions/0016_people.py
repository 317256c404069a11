"""Remember tiers, tags and profiles of members, and who spoke in which group."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import big_id

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tier_changes",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_tier_changes_member_id_members"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_tier_changes"),
    )
    op.create_index("ix_tier_changes_member_id", "tier_changes", ["member_id", "id"])
    op.create_index("ix_tier_changes_tier", "tier_changes", ["tier", "member_id"])
    op.create_table(
        "member_tags",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_member_tags_member_id_members"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_member_tags"),
        sa.UniqueConstraint("member_id", "tag", name="uq_member_tags_member_id_tag"),
    )
    op.create_index("ix_member_tags_tag", "member_tags", ["tag", "member_id"])
    op.create_table(
        "member_profiles",
        sa.Column("member_id", big_id(), autoincrement=False, nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("unionid", sa.String(), nullable=False),
        sa.Column("birthday", sa.String(10), nullable=True),
        sa.Column("lunar_birthday", sa.String(), nullable=False),
        sa.Column("styles", sa.String(), nullable=False),
        sa.Column("scenes", sa.String(), nullable=False),
        sa.Column("home_store", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_member_profiles_member_id_members"
        ),
        sa.PrimaryKeyConstraint("member_id", name="pk_member_profiles"),
    )
    op.create_index("ix_member_profiles_phone", "member_profiles", ["phone"])
    op.create_index("ix_member_profiles_unionid", "member_profiles", ["unionid"])
    op.create_table(
        "group_speakers",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("member_id", big_id(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_group_speakers_member_id_members"
        ),
        sa.PrimaryKeyConstraint("channel", "chat", "member_id", name="pk_group_speakers"),
    )
    op.create_index("ix_group_speakers_member_id", "group_speakers", ["member_id"])


def downgrade() -> None:
    op.drop_table("group_speakers")
    op.drop_table("member_profiles")
    op.drop_table("member_tags")
    op.drop_table("tier_changes")

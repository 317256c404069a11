"""Customer groups and who is in them; join ways, greetings, tags, and erased people."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_PRESENT = sa.text("left_at IS NULL")
_GONE = sa.text("left_at IS NOT NULL")
_INVITED = sa.text("inviter <> ''")
_DUE = sa.text("due_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "corp_tags",
        sa.Column("tag_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("group_name", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tag_id", name="pk_corp_tags"),
    )
    op.create_table(
        "customer_groups",
        sa.Column("chat_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("notice", sa.String(), nullable=False),
        sa.Column("admins", sa.String(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_how", sa.String(), nullable=False),
        sa.Column("handover", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("seen_round", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("wanted", sa.String(), nullable=False),
        sa.Column("lags_until", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", name="pk_customer_groups"),
    )
    op.create_index(
        "ix_customer_groups_due",
        "customer_groups",
        ["due_at"],
        sqlite_where=_DUE,
        postgresql_where=_DUE,
    )

    op.create_table(
        "erased_identities",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_erased_identities"),
        sa.UniqueConstraint("digest", name="uq_erased_identities_digest"),
    )
    op.create_table(
        "group_greetings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("image_url", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("platform_id", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_group_greetings"),
    )
    op.create_table(
        "group_join_ways",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("chat_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("platform_id", sa.String(), nullable=False),
        sa.Column("picture_url", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_group_join_ways"),
        sa.UniqueConstraint("chat_id", name="uq_group_join_ways_chat_id"),
    )
    op.create_table(
        "group_rounds",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("restarts", sa.Integer(), nullable=False),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("completed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_group_rounds"),
    )
    op.create_table(
        "group_members",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("chat_id", sa.String(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.Column("scene", sa.String(), nullable=False),
        sa.Column("inviter", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("nickname", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("union_id", sa.String(), nullable=False),
        sa.Column("is_told", sa.Integer(), nullable=False),
        sa.Column("left_at", sa.BigInteger(), nullable=True),
        sa.Column("left_how", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chat_id"],
            ["customer_groups.chat_id"],
            name="fk_group_members_chat_id_customer_groups",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_group_members"),
    )
    op.create_index("ix_group_members_identity", "group_members", ["identity"])
    op.create_index(
        "ix_group_members_inviter",
        "group_members",
        ["inviter"],
        sqlite_where=_INVITED,
        postgresql_where=_INVITED,
    )
    op.create_index(
        "ix_group_members_kind",
        "group_members",
        ["kind"],
        sqlite_where=_PRESENT,
        postgresql_where=_PRESENT,
    )
    op.create_index("ix_group_members_joined", "group_members", ["chat_id", "joined_at"])
    op.create_index(
        "ix_group_members_left",
        "group_members",
        ["left_at"],
        sqlite_where=_GONE,
        postgresql_where=_GONE,
    )
    op.create_index(
        "uq_group_members_present",
        "group_members",
        ["chat_id", "identity"],
        unique=True,
        sqlite_where=_PRESENT,
        postgresql_where=_PRESENT,
    )


def downgrade() -> None:
    op.drop_index("uq_group_members_present", "group_members")
    op.drop_index("ix_group_members_left", "group_members")
    op.drop_index("ix_group_members_kind", "group_members")
    op.drop_index("ix_group_members_joined", "group_members")
    op.drop_index("ix_group_members_inviter", "group_members")
    op.drop_index("ix_group_members_identity", "group_members")

    op.drop_table("group_members")
    op.drop_table("group_rounds")
    op.drop_table("group_join_ways")
    op.drop_table("group_greetings")
    op.drop_table("erased_identities")
    op.drop_index("ix_customer_groups_due", "customer_groups")

    op.drop_table("customer_groups")
    op.drop_table("corp_tags")

"""Pictures that are drawn for chats, whom they show, and files that somebody holds on to."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "media_holds",
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["digest"], ["media_files.digest"], name="fk_media_holds_digest_media_files"
        ),
        sa.PrimaryKeyConstraint("holder", name="pk_media_holds"),
    )
    op.create_index("ix_media_holds_digest", "media_holds", ["digest"])
    op.create_index("ix_media_holds_until", "media_holds", ["until"])
    op.create_table(
        "pictures",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("drawing", sa.String(), nullable=False),
        sa.Column("input", sa.String(), nullable=False),
        sa.Column("alt", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("group_id", sa.String(), nullable=False),
        sa.Column("in_group", sa.Integer(), nullable=False),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("reply_to", sa.String(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_pictures"),
        sa.UniqueConstraint("key", name="uq_pictures_key"),
    )
    op.create_index("ix_pictures_input", "pictures", ["input"])
    op.create_index("ix_pictures_created_at", "pictures", ["created_at"])
    op.create_index("ix_pictures_recipient", "pictures", ["channel", "recipient"])
    op.create_index(
        "ix_pictures_due",
        "pictures",
        ["due_at"],
        sqlite_where=sa.text("status = 'waiting'"),
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_table(
        "picture_people",
        sa.Column("picture_id", _BIG_ID, nullable=False),
        sa.Column("member_id", _BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_picture_people_member_id_members"
        ),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["pictures.id"], name="fk_picture_people_picture_id_pictures"
        ),
        sa.PrimaryKeyConstraint("picture_id", "member_id", name="pk_picture_people"),
    )
    op.create_index("ix_picture_people_member_id", "picture_people", ["member_id"])


def downgrade() -> None:
    op.drop_table("picture_people")
    op.drop_table("pictures")
    op.drop_table("media_holds")

"""Files that members send, who sent them, and what platforms have of ours."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "media_files",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("leaving_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("digest", name="pk_media_files"),
    )
    _index("ix_media_files_leaving", "media_files", ["leaving_at"], "leaving_at IS NOT NULL")
    op.create_table(
        "media_refs",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("inbox_id", _BIG_ID, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("update_key", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["digest"], ["media_files.digest"], name="fk_media_refs_digest_media_files"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_media_refs"),
        sa.UniqueConstraint(
            "channel", "update_key", "place", name="uq_media_refs_channel_update_key_place"
        ),
    )
    op.create_table(
        "media_uploads",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("media_id", sa.String(), nullable=False),
        sa.Column("good_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "digest", name="pk_media_uploads"),
    )
    op.create_index("ix_media_refs_created_at", "media_refs", ["created_at"])
    op.create_index("ix_media_refs_sender", "media_refs", ["channel", "sender"])
    _index("ix_media_refs_due", "media_refs", ["expires_at"], "status = 'waiting'")
    _index("ix_media_refs_digest", "media_refs", ["digest"], "digest IS NOT NULL")


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    only = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    op.drop_table("media_uploads")
    op.drop_table("media_refs")
    op.drop_table("media_files")

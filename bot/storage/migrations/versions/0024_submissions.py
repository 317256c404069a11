"""Keep submissions, their pictures, and the content files that name them."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import big_id

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "submissions",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("member_id", big_id(), nullable=True),
        sa.Column("call", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("public", sa.String(), nullable=False),
        sa.Column("credit", sa.String(), nullable=False),
        sa.Column("credit_name", sa.String(), nullable=False),
        sa.Column("flags", sa.String(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("paused_at", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("settle_at", sa.BigInteger(), nullable=True),
        sa.Column("accepted_at", sa.BigInteger(), nullable=True),
        sa.Column("reversed_at", sa.BigInteger(), nullable=True),
        sa.Column("published_by", sa.String(), nullable=False),
        sa.Column("adopted_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_submissions_member_id_members"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_submissions"),
    )
    op.create_index("ix_submissions_member_id", "submissions", ["member_id"])
    op.create_index("ix_submissions_state", "submissions", ["state", "id"])
    op.create_index(
        "uq_submissions_draft",
        "submissions",
        ["member_id"],
        unique=True,
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_index(
        "ix_submissions_settle_at",
        "submissions",
        ["settle_at"],
        sqlite_where=sa.text("settle_at IS NOT NULL"),
        postgresql_where=sa.text("settle_at IS NOT NULL"),
    )
    op.create_table(
        "submission_pictures",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("submission_id", big_id(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("update_key", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("clean", sa.String(), nullable=False),
        sa.Column("clean_bytes", sa.Integer(), nullable=False),
        sa.Column("shape", sa.String(), nullable=False),
        sa.Column("flags", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name="fk_submission_pictures_submission_id_submissions",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_submission_pictures"),
        sa.UniqueConstraint(
            "channel", "update_key", "place", name="uq_submission_pictures_channel_update_key_place"
        ),
    )
    for column in ("submission_id", "state", "digest"):
        name = f"ix_submission_pictures_{column}"
        op.create_index(name, "submission_pictures", [column])
    op.create_table(
        "submission_uses",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("submission_id", big_id(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("media", sa.String(), nullable=False),
        sa.Column("revision", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_submission_uses"),
        sa.UniqueConstraint("submission_id", "path", name="uq_submission_uses_submission_id_path"),
    )


def downgrade() -> None:
    op.drop_table("submission_uses")
    op.drop_table("submission_pictures")
    op.drop_table("submissions")

"""Remember what members were written unasked, and what they do not want to hear."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import big_id

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letters",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_letters_member_id_members"),
        sa.PrimaryKeyConstraint("id", name="pk_letters"),
        sa.UniqueConstraint("key", name="uq_letters_key"),
    )
    op.create_index("ix_letters_member_id", "letters", ["member_id"])
    op.create_index("ix_letters_at", "letters", ["at"])
    op.create_index(
        "ix_letters_unreached",
        "letters",
        ["at"],
        sqlite_where=sa.text("status = 'no_way'"),
        postgresql_where=sa.text("status = 'no_way'"),
    )
    op.create_table(
        "hushes",
        sa.Column("member_id", big_id(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_hushes_member_id_members"),
        sa.PrimaryKeyConstraint("member_id", "kind", name="pk_hushes"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("hushes")
    op.drop_index("ix_letters_unreached", "letters")
    op.drop_index("ix_letters_at", "letters")
    op.drop_index("ix_letters_member_id", "letters")
    op.drop_table("letters")

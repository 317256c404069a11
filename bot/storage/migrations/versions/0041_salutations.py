"""Keep what members want to be called."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import big_id

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "salutations",
        sa.Column("member_id", big_id(), autoincrement=False, nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_salutations_member_id_members"
        ),
        sa.PrimaryKeyConstraint("member_id", name="pk_salutations"),
    )


def downgrade() -> None:
    op.drop_table("salutations")

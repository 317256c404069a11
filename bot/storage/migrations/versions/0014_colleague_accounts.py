"""Let colleagues into the console: whose account it is, where its role comes from, spent logins."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import big_id

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "colleague_accounts",
        sa.Column("account_id", big_id(), nullable=False),
        sa.Column("userid", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_colleague_accounts_account_id_accounts"
        ),
        sa.PrimaryKeyConstraint("account_id", name="pk_colleague_accounts"),
        sa.UniqueConstraint("userid", name="uq_colleague_accounts_userid"),
    )
    op.create_table(
        "spent_logins",
        sa.Column("state_hash", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name="pk_spent_logins"),
    )


def downgrade() -> None:
    op.drop_table("spent_logins")
    op.drop_table("colleague_accounts")
    # what is left has no password, so that nobody enters by it

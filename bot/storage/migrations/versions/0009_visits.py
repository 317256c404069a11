"""Members' browsers: sessions, links that open once, forms that act once, consents."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "member_sessions",
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("came_by", sa.String(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_member_sessions_member_id_members"
        ),
        sa.PrimaryKeyConstraint("secret_hash", name="pk_member_sessions"),
    )
    op.create_index("ix_member_sessions_member_id", "member_sessions", ["member_id"])
    op.create_index("ix_member_sessions_opened_at", "member_sessions", ["opened_at"])
    op.create_table(
        "opened_links",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("browser_hash", sa.String(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_opened_links_member_id_members"
        ),
        sa.PrimaryKeyConstraint("token_hash", name="pk_opened_links"),
    )
    op.create_index("ix_opened_links_member_id", "opened_links", ["member_id"])
    op.create_index("ix_opened_links_until", "opened_links", ["until"])
    op.create_table(
        "page_acts",
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_page_acts_member_id_members"
        ),
        sa.PrimaryKeyConstraint("member_id", "key", name="pk_page_acts"),
    )
    op.create_index("ix_page_acts_at", "page_acts", ["at"])
    op.create_table(
        "page_consents",
        sa.Column("id", _ID, nullable=False),
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("wording", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_page_consents_member_id_members"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_page_consents"),
    )
    op.create_index("ix_page_consents_member_id", "page_consents", ["member_id"])


def downgrade() -> None:
    op.drop_table("page_consents")
    op.drop_table("page_acts")
    op.drop_table("opened_links")
    op.drop_table("member_sessions")

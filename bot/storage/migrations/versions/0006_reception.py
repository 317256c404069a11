"""Know who has a conversation, where customers come from, and which groups they were shown."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "arrivals_accounts",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("ours", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "account", name=op.f("pk_arrivals_accounts")),
    )
    op.create_table(
        "arrivals_links",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("scene", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "account", "scene", name=op.f("pk_arrivals_links")),
    )
    op.create_table(
        "handoff_servicers",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("human", sa.String(), nullable=False),
        sa.Column("duty", sa.String(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("wish", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "account", "human", name=op.f("pk_handoff_servicers")),
    )
    op.create_table(
        "origins",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("scene", sa.String(), nullable=False),
        sa.Column("param", sa.String(), nullable=False),
        sa.Column("followed", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_origins_member_id_members")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_origins")),
        sa.UniqueConstraint(
            "member_id",
            "channel",
            "account",
            "scene",
            "param",
            name=op.f("uq_origins_member_id_channel_account_scene_param"),
        ),
    )
    op.create_index("ix_origins_scene", "origins", ["channel", "scene"])
    op.create_index(op.f("ix_origins_first_at"), "origins", ["first_at"])
    op.create_table(
        "arrivals_invitations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("chat_id", sa.String(), nullable=False),
        sa.Column("group_name", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_arrivals_invitations_member_id_members")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrivals_invitations")),
        sa.UniqueConstraint(
            "member_id", "chat_id", name=op.f("uq_arrivals_invitations_member_id_chat_id")
        ),
    )
    with op.batch_alter_table("arrivals_invitations", schema=None) as batch_op:
        batch_op.create_index(
            "ix_arrivals_invitations_open",
            ["channel", "status"],
            unique=False,
            sqlite_where=sa.text("status IN ('due', 'under_way', 'withdrawing')"),
            postgresql_where=sa.text("status IN ('due', 'under_way', 'withdrawing')"),
        )

    op.create_table(
        "handoff_sessions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("human", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("checked_at", sa.BigInteger(), nullable=False),
        sa.Column("wish", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("warned_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_handoff_sessions_member_id_members")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff_sessions")),
        sa.UniqueConstraint(
            "channel",
            "account",
            "identity",
            name=op.f("uq_handoff_sessions_channel_account_identity"),
        ),
    )
    with op.batch_alter_table("handoff_sessions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_handoff_sessions_member_id"), ["member_id"], unique=False
        )
        batch_op.create_index("ix_handoff_sessions_state", ["state", "since"], unique=False)
        batch_op.create_index(
            "ix_handoff_sessions_wish",
            ["channel"],
            unique=False,
            sqlite_where=sa.text("wish <> ''"),
            postgresql_where=sa.text("wish <> ''"),
        )


def downgrade() -> None:
    with op.batch_alter_table("handoff_sessions", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_handoff_sessions_wish",
            sqlite_where=sa.text("wish <> ''"),
            postgresql_where=sa.text("wish <> ''"),
        )
        batch_op.drop_index("ix_handoff_sessions_state")
        batch_op.drop_index(batch_op.f("ix_handoff_sessions_member_id"))

    op.drop_table("handoff_sessions")
    with op.batch_alter_table("arrivals_invitations", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_arrivals_invitations_open",
            sqlite_where=sa.text("status IN ('due', 'under_way', 'withdrawing')"),
            postgresql_where=sa.text("status IN ('due', 'under_way', 'withdrawing')"),
        )

    op.drop_table("arrivals_invitations")
    op.drop_table("origins")
    op.drop_table("handoff_servicers")
    op.drop_table("arrivals_links")
    op.drop_table("arrivals_accounts")

"""The first schema: what was there when the house was first opened."""

import sqlalchemy as sa
from alembic import op

from bot.storage.migrations import jobs

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:  # noqa: PLR0915 - one statement for each table and index
    op.create_table(
        "accounts",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("name", name="uq_accounts_name"),
    )
    op.create_table(
        "called_off",
        sa.Column("schedule", sa.String(), nullable=False),
        sa.Column("fire_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("schedule", "fire_at", name="pk_called_off"),
    )
    op.create_table(
        "fires",
        sa.Column("id", ID, nullable=False),
        sa.Column("schedule", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("fire_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("revision", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_fires"),
        sa.UniqueConstraint(
            "schedule", "fire_at", "target", name="uq_fires_schedule_fire_at_target"
        ),
    )
    op.create_index(
        "ix_fires_open",
        "fires",
        ["due_at", "id"],
        sqlite_where=sa.text("status IN ('waiting', 'approved')"),
        postgresql_where=sa.text("status IN ('waiting', 'approved')"),
    )
    op.create_index("ix_fires_status", "fires", ["status", "created_at"])
    op.create_index(
        "ix_fires_used",
        "fires",
        ["schedule", "target", "content"],
        sqlite_where=sa.text("content <> ''"),
        postgresql_where=sa.text("content <> ''"),
    )
    op.create_table(
        "inbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=True),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.UniqueConstraint("channel", "key", name="uq_inbox_channel_key"),
    )
    op.create_index(
        "ix_inbox_parked",
        "inbox",
        ["id"],
        sqlite_where=sa.text("status = 'parked'"),
        postgresql_where=sa.text("status = 'parked'"),
    )
    op.create_index("ix_inbox_received_at", "inbox", ["received_at"])
    op.create_index("ix_inbox_sender", "inbox", ["channel", "sender"])
    op.create_index(
        "ix_inbox_waiting",
        "inbox",
        ["conversation", "id", "due_at"],
        sqlite_where=sa.text("status = 'waiting'"),
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_table(
        "members",
        sa.Column("id", ID, nullable=False),
        sa.Column("display_name", sa.String(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.Column("erase_asked_at", sa.BigInteger(), nullable=True),
        sa.Column("erase_after", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_members"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_members_erase_after", "members", ["erase_after"])
    op.create_table(
        "notices",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.Column("seen_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.UniqueConstraint("key", name="uq_notices_key"),
    )
    op.create_index("ix_notices_seen_at", "notices", ["seen_at"])
    op.create_table(
        "outbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("member_id", ID, nullable=True),
        sa.Column("inbox_id", ID, nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("doubt_since", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("claimed_at", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("platform_id", sa.String(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("error_code", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
    )
    op.create_index("ix_outbox_created_at", "outbox", ["created_at"])
    op.create_index("ix_outbox_lane", "outbox", ["lane", "claimed_at"])
    op.create_index(
        "ix_outbox_member",
        "outbox",
        ["member_id"],
        sqlite_where=sa.text("member_id IS NOT NULL"),
        postgresql_where=sa.text("member_id IS NOT NULL"),
    )
    op.create_index(
        "ix_outbox_parked",
        "outbox",
        ["id"],
        sqlite_where=sa.text("status IN ('parked', 'maybe')"),
        postgresql_where=sa.text("status IN ('parked', 'maybe')"),
    )
    op.create_index(
        "ix_outbox_passive",
        "outbox",
        ["inbox_id"],
        sqlite_where=sa.text("inbox_id IS NOT NULL AND status = 'queued'"),
        postgresql_where=sa.text("inbox_id IS NOT NULL AND status = 'queued'"),
    )
    op.create_index(
        "ix_outbox_pending",
        "outbox",
        ["lane", "id", "due_at"],
        sqlite_where=sa.text("status IN ('queued', 'sending')"),
        postgresql_where=sa.text("status IN ('queued', 'sending')"),
    )
    op.create_index("ix_outbox_recipient", "outbox", ["channel", "recipient"])
    op.create_table(
        "pauses",
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name="pk_pauses"),
    )
    op.create_table(
        "plan_marks",
        sa.Column("schedule", sa.String(), nullable=False),
        sa.Column("timing", sa.String(), nullable=False),
        sa.Column("planned_until", sa.BigInteger(), nullable=False),
        sa.Column("under_way", sa.BigInteger(), nullable=True),
        sa.Column("through", sa.String(), nullable=False),
        sa.Column("empty_slots", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("schedule", name="pk_plan_marks"),
    )
    op.create_table(
        "simulator_members",
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("identity", name="pk_simulator_members"),
    )
    op.create_table(
        "simulator_messages",
        sa.Column("id", ID, nullable=False),
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("group_id", sa.String(), nullable=True),
        sa.Column("member", sa.String(), nullable=True),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("revision", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_simulator_messages"),
        sa.UniqueConstraint("key", name="uq_simulator_messages_key"),
    )
    op.create_index("ix_simulator_messages_chat", "simulator_messages", ["chat", "id"])
    op.create_index("ix_simulator_messages_member", "simulator_messages", ["member"])
    op.create_index("ix_simulator_messages_revision", "simulator_messages", ["revision"])
    op.create_index("ix_simulator_messages_sender", "simulator_messages", ["sender"])
    op.create_table(
        "simulator_state",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", ID, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_simulator_state"),
    )
    op.create_table(
        "account_sessions",
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_account_sessions_account_id_accounts"
        ),
        sa.PrimaryKeyConstraint("secret_hash", name="pk_account_sessions"),
    )
    op.create_index("ix_account_sessions_account_id", "account_sessions", ["account_id"])
    op.create_table(
        "audit",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("member_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_audit_member_id_members"),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_member_id", "audit", ["member_id"])
    op.create_table(
        "checkins",
        sa.Column("member_id", ID, nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_checkins_member_id_members"
        ),
        sa.PrimaryKeyConstraint("member_id", "day", name="pk_checkins"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_checkins_day", "checkins", ["day"])
    op.create_table(
        "help_told",
        sa.Column("member_id", ID, nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_help_told_member_id_members"
        ),
        sa.PrimaryKeyConstraint("member_id", "what", name="pk_help_told"),
    )
    op.create_table(
        "human_requests",
        sa.Column("member_id", ID, nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("last_asked_at", sa.BigInteger(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_human_requests_member_id_members"
        ),
        sa.PrimaryKeyConstraint("member_id", name="pk_human_requests"),
    )
    op.create_index("ix_human_requests_closed_at", "human_requests", ["closed_at"])
    op.create_table(
        "identities",
        sa.Column("id", ID, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("display_name", sa.String(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_identities_member_id_members"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_identities"),
        sa.UniqueConstraint("channel", "identity", name="uq_identities_channel_identity"),
    )
    op.create_index("ix_identities_member_id", "identities", ["member_id"])
    op.create_table(
        "point_accounts",
        sa.Column("id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=True),
        sa.Column("house", sa.String(), nullable=True),
        sa.Column("balance", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(member_id IS NULL) <> (house IS NULL)", name="ck_point_accounts_one_owner"
        ),
        sa.CheckConstraint(
            "(member_id IS NULL) = (balance IS NULL)", name="ck_point_accounts_kept_for_members"
        ),
        sa.CheckConstraint("balance >= 0", name="ck_point_accounts_not_negative"),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_point_accounts_member_id_members"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_point_accounts"),
        sa.UniqueConstraint("house", name="uq_point_accounts_house"),
        sa.UniqueConstraint("member_id", name="uq_point_accounts_member_id"),
    )
    op.create_table(
        "simulator_images",
        sa.Column("id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["simulator_messages.id"],
            name="fk_simulator_images_message_id_simulator_messages",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_simulator_images"),
    )
    op.create_index("ix_simulator_images_message_id", "simulator_images", ["message_id"])
    op.create_table(
        "simulator_taps",
        sa.Column("id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("button", sa.String(), nullable=False),
        sa.Column("chosen", sa.Text(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["simulator_messages.id"],
            name="fk_simulator_taps_message_id_simulator_messages",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_simulator_taps"),
        sa.UniqueConstraint("key", name="uq_simulator_taps_key"),
    )
    op.create_index("ix_simulator_taps_member", "simulator_taps", ["member"])
    op.create_index("ix_simulator_taps_message_id", "simulator_taps", ["message_id"])
    op.create_table(
        "streaks",
        sa.Column("member_id", ID, nullable=False),
        sa.Column("last_day", sa.String(10), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("best_days", sa.Integer(), nullable=False),
        sa.Column("total_days", sa.Integer(), nullable=False),
        sa.CheckConstraint("days BETWEEN 1 AND best_days", name="ck_streaks_best_is_best"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_streaks_member_id_members"),
        sa.PrimaryKeyConstraint("member_id", name="pk_streaks"),
    )
    op.create_table(
        "point_entries",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("debit", ID, nullable=False),
        sa.Column("credit", ID, nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("points > 0", name="ck_point_entries_positive"),
        sa.ForeignKeyConstraint(
            ["credit"], ["point_accounts.id"], name="fk_point_entries_credit_point_accounts"
        ),
        sa.ForeignKeyConstraint(
            ["debit"], ["point_accounts.id"], name="fk_point_entries_debit_point_accounts"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_point_entries"),
        sa.UniqueConstraint("key", name="uq_point_entries_key"),
    )
    op.create_index("ix_point_entries_credit", "point_entries", ["credit", "id"])
    op.create_index("ix_point_entries_debit", "point_entries", ["debit", "id"])
    jobs.create(op.get_bind())


def downgrade() -> None:
    jobs.drop(op.get_bind())
    op.drop_table("point_entries")
    op.drop_table("streaks")
    op.drop_table("simulator_taps")
    op.drop_table("simulator_images")
    op.drop_table("point_accounts")
    op.drop_table("identities")
    op.drop_table("human_requests")
    op.drop_table("help_told")
    op.drop_table("checkins")
    op.drop_table("audit")
    op.drop_table("account_sessions")
    op.drop_table("simulator_state")
    op.drop_table("simulator_messages")
    op.drop_table("simulator_members")
    op.drop_table("plan_marks")
    op.drop_table("pauses")
    op.drop_table("outbox")
    op.drop_table("notices")
    op.drop_table("members")
    op.drop_table("inbox")
    op.drop_table("fires")
    op.drop_table("called_off")
    op.drop_table("accounts")

"""The account's menu, QR codes with a scene, consents and notes by template."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MENU_ASKED = sa.text("status = 'asked'")
_NOTES_OPEN = sa.text("status IN ('asked', 'under_way')")


def upgrade() -> None:
    _menus()
    _scenes()
    _subscriptions()


def _menus() -> None:
    op.create_table(
        "menu_versions",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.String(), nullable=True),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
    )
    op.create_index(
        "ix_menu_versions_asked",
        "menu_versions",
        ["id"],
        sqlite_where=_MENU_ASKED,
        postgresql_where=_MENU_ASKED,
    )
    op.create_table(
        "menu_seen",
        sa.Column("channel", sa.String(), primary_key=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
    )


def _scenes() -> None:
    op.create_table(
        "scene_codes",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("scene", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("greeting", sa.String(), nullable=False),
        sa.Column("lives_s", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("picture_url", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.UniqueConstraint("channel", "scene"),
    )


def _subscriptions() -> None:
    op.create_table(
        "consents",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("member_id", _ID, sa.ForeignKey("members.id"), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("template_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("agreed_at", sa.BigInteger(), nullable=False),
        sa.Column("note_key", sa.String(), nullable=True, unique=True),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.UniqueConstraint("channel", "source", "template_id"),
    )
    op.create_index("ix_consents_member", "consents", ["member_id", "template_id"])
    op.create_table(
        "notes",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("key", sa.String(), nullable=False, unique=True),
        sa.Column("member_id", _ID, sa.ForeignKey("members.id"), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("used_for", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("template_id", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("tried_at", sa.BigInteger(), nullable=True),
        sa.Column("doubt_since", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("reported_at", sa.BigInteger(), nullable=True),
        sa.Column("platform_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
    )
    op.create_index(
        "ix_notes_open",
        "notes",
        ["channel", "due_at"],
        sqlite_where=_NOTES_OPEN,
        postgresql_where=_NOTES_OPEN,
    )
    op.create_index("ix_notes_platform_id", "notes", ["channel", "platform_id"])
    for column in ("member_id", "asked_at", "sent_at"):
        op.create_index(f"ix_notes_{column}", "notes", [column])
    op.create_table(
        "gone_followers",
        sa.Column("channel", sa.String(), primary_key=True),
        sa.Column("member_id", _ID, sa.ForeignKey("members.id"), primary_key=True),
        sa.Column("left_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_gone_followers_member_id", "gone_followers", ["member_id"])


def downgrade() -> None:
    for table in (
        *("gone_followers", "notes", "consents", "scene_codes"),
        *("menu_seen", "menu_versions"),
    ):
        op.drop_table(table)

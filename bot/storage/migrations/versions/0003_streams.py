"""Find the answers to an update after they have left, and a sent card by its handle."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_WAITING = sa.text("inbox_id IS NOT NULL AND status = 'queued'")
_ALL = sa.text("inbox_id IS NOT NULL")
_CARDS = sa.text("handle <> ''")


def upgrade() -> None:
    op.drop_index("ix_outbox_passive", "outbox")
    op.create_index(
        "ix_outbox_passive", "outbox", ["inbox_id"], sqlite_where=_ALL, postgresql_where=_ALL
    )
    op.create_index(
        "ix_outbox_handle",
        "outbox",
        ["channel", "handle"],
        sqlite_where=_CARDS,
        postgresql_where=_CARDS,
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_handle", "outbox")
    op.drop_index("ix_outbox_passive", "outbox")
    op.create_index(
        "ix_outbox_passive",
        "outbox",
        ["inbox_id"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )

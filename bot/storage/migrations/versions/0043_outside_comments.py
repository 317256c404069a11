"""Keep what was said outside beside what members say."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import big_id

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

_UNTOLD = sa.text("told = 0")
_COLUMNS = (
    *("source", "url", "product", "rating", "severity", "taken_at", "alert_at", "told"),
    "import_id",
)


def upgrade() -> None:
    with op.batch_alter_table("voices") as table:
        table.alter_column("member_id", existing_type=big_id(), nullable=True)
        for name in ("source", "url", "product"):
            table.add_column(sa.Column(name, sa.String(), server_default="", nullable=False))
        for name in ("rating", "severity", "told"):
            table.add_column(sa.Column(name, sa.Integer(), server_default="0", nullable=False))
        for name in ("taken_at", "alert_at"):
            table.add_column(sa.Column(name, sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("import_id", big_id(), nullable=True))
        table.create_check_constraint(
            op.f("ck_voices_of_one"), "(member_id IS NULL) = (source <> '')"
        )
    op.create_index("ix_voices_taken_at", "voices", ["taken_at"])
    op.create_index(
        "ix_voices_untold", "voices", ["alert_at"], sqlite_where=_UNTOLD, postgresql_where=_UNTOLD
    )
    op.create_table(
        "voices_gone",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_voices_gone"),
    )
    op.execute("ALTER TABLE import_befores RENAME COLUMN sku TO key")


def downgrade() -> None:
    op.execute("ALTER TABLE import_befores RENAME COLUMN key TO sku")
    op.drop_table("voices_gone")
    op.execute("DELETE FROM voices WHERE source <> ''")
    for name in ("ix_voices_untold", "ix_voices_taken_at"):
        op.drop_index(name, "voices")
    with op.batch_alter_table("voices") as table:
        table.drop_constraint(op.f("ck_voices_of_one"), type_="check")
        for name in _COLUMNS:
            table.drop_column(name)
        table.alter_column("member_id", existing_type=big_id(), nullable=False)

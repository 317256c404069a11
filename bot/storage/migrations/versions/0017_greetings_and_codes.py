"""Let greetings of groups bring files, and keep the pictures of join ways."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, default in (("kind", "link"), ("path", ""), ("app_id", ""), ("page", "")):
        column = sa.Column(name, sa.String(), nullable=False, server_default=default)
        op.add_column("group_greetings", column)
    picture = sa.Column("picture", sa.String(), nullable=False, server_default="")
    op.add_column("group_join_ways", picture)
    op.create_table(
        "media_pins",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"], ["media_files.digest"], name="fk_media_pins_digest_media_files"
        ),
        sa.PrimaryKeyConstraint("name", name="pk_media_pins"),
    )
    op.create_index("ix_media_pins_digest", "media_pins", ["digest"])


def downgrade() -> None:
    op.drop_index("ix_media_pins_digest", "media_pins")
    op.drop_table("media_pins")
    with op.batch_alter_table("group_join_ways") as table:
        table.drop_column("picture")
    for name in ("page", "app_id", "path", "kind"):
        with op.batch_alter_table("group_greetings") as table:
            table.drop_column(name)

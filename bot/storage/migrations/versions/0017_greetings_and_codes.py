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


def downgrade() -> None:
    with op.batch_alter_table("group_join_ways") as table:
        table.drop_column("picture")
    for name in ("page", "app_id", "path", "kind"):
        with op.batch_alter_table("group_greetings") as table:
            table.drop_column(name)

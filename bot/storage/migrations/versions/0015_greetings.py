"""Let a greeting of groups bring a picture, a mini program, a file or a video."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, default in (("kind", "link"), ("path", ""), ("app_id", ""), ("page", "")):
        column = sa.Column(name, sa.String(), nullable=False, server_default=default)
        op.add_column("group_greetings", column)


def downgrade() -> None:
    for name in ("page", "app_id", "path", "kind"):
        with op.batch_alter_table("group_greetings") as table:
            table.drop_column(name)

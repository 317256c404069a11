"""Keep products, files on their way in, and mailings."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import big_id

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "products",
        *_texts("sku", "name", "category", "style", "url"),
        sa.Column("price_fen", big_id(), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=True),
        sa.Column("restock_at", sa.BigInteger(), nullable=True),
        sa.Column("told_at", sa.BigInteger(), nullable=False),
        sa.Column("import_id", big_id(), nullable=True),
        sa.PrimaryKeyConstraint("sku", name="pk_products"),
    )
    op.create_table(
        "imports",
        sa.Column("id", big_id(), nullable=False),
        *_texts("kind", "file", "who", "state"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        *_numbers("total", "bites", "next_bite", "new", "updated", "unchanged", "refused"),
        *(sa.Column(each, sa.Text(), nullable=False) for each in ("problems", "samples", "notes")),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
    )
    op.create_index("ix_imports_state", "imports", ["state"])
    op.create_table(
        "mailings",
        sa.Column("id", big_id(), nullable=False),
        *_texts("key", "title"),
        *(sa.Column(each, sa.Text(), nullable=False) for each in ("audience", "parts")),
        *(sa.Column(each, sa.BigInteger(), nullable=False) for each in ("at", "until")),
        sa.Column("next_member", big_id(), nullable=False),
        *_numbers("told", "hushed", "no_way"),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_mailings"),
        sa.UniqueConstraint("key", name="uq_mailings_key"),
    )
    op.create_index("ix_mailings_done_at", "mailings", ["done_at"])
    _part("import_bites", sa.Column("number", sa.Integer(), nullable=False), "rows")
    _part("import_befores", sa.Column("sku", sa.String(), nullable=False), "before")


def _part(table: str, key: sa.Column[object], text: str) -> None:
    op.create_table(
        table,
        sa.Column("import_id", big_id(), autoincrement=False, nullable=False),
        key,
        sa.Column(text, sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=f"fk_{table}_import_id_imports"
        ),
        sa.PrimaryKeyConstraint("import_id", key.name, name=f"pk_{table}"),
    )


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def downgrade() -> None:
    for table in ("import_befores", "import_bites", "imports", "mailings", "products"):
        op.drop_table(table)

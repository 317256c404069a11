"""What Alembic runs: the connection and the tables are handed in by `bot.storage.migrate`."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.types import TypeDecorator

from bot.storage.migrate import is_ours


def render_item(kind: str, item: object, autogen: AutogenContext) -> str | Literal[False]:
    """Write our column types as what the database keeps, so that revisions need no code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        dialect = autogen.dialect
        length = getattr(item.impl_instance, "length", None)
        if dialect is not None:
            name = type(item.impl_instance).__name__
            return f"sa.{name}({'' if length is None else length})"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["metadata"],
    render_as_batch=True,
    include_name=is_ours,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()

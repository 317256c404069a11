"""The revisions of the schema, and what Alembic needs to run them."""

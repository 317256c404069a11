"""The tables of procrastinate, which wakes the replicas; only PostgreSQL has them.

They belong to that library: it brings their SQL along. A release of it that changes them
ships its own steps, and a revision of ours then runs those.
"""

from typing import Any, cast

from sqlalchemy import Connection

_DROP = """
DO $$
DECLARE thing record;
BEGIN
    DROP TABLE IF EXISTS procrastinate_events, procrastinate_periodic_defers,
        procrastinate_jobs, procrastinate_workers CASCADE;
    FOR thing IN SELECT oid::regprocedure AS name FROM pg_proc
        WHERE proname LIKE 'procrastinate\\_%' AND pronamespace = current_schema()::regnamespace
    LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', thing.name);
    END LOOP;
    DROP TYPE IF EXISTS procrastinate_job_to_defer_v1, procrastinate_job_event_type,
        procrastinate_job_status CASCADE;
END $$
"""


def create(connection: Connection) -> None:
    """Create procrastinate's tables on PostgreSQL; do nothing on SQLite."""
    if connection.dialect.name == "postgresql":
        from procrastinate.schema import SchemaManager  # noqa: PLC0415 - an optional library

        _execute(connection, SchemaManager.get_schema())


def drop(connection: Connection) -> None:
    """Drop everything that `create` made."""
    if connection.dialect.name == "postgresql":
        _execute(connection, _DROP)


def _execute(connection: Connection, script: str) -> None:
    """Execute a script as it stands: the driver takes several statements, SQLAlchemy one."""
    with cast("Any", connection.connection.driver_connection).cursor() as cursor:
        cursor.execute(script)

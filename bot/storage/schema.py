"""What tables are made of, alike on SQLite and on PostgreSQL.

Only `models.py` and migrations need it: whoever runs speaks SQL, and starts without an ORM.
"""

import json
from datetime import date, datetime

from sqlalchemy import BigInteger, Dialect, Integer, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import SQLModel
from typing_extensions import override

from bot.storage.columns import instant, micros

TABLES = SQLModel.metadata
"""All tables whose modules have been imported."""
TABLES.naming_convention = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, kept as integer microseconds; refuses naive values."""

    impl = BigInteger
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else micros(value)

    @override
    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else instant(value)


class LocalDate(TypeDecorator[date]):
    """A date in the community's time zone, kept as `YYYY-MM-DD`."""

    impl = String(10)
    cache_ok = True

    @override
    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        return None if value is None else value.isoformat()

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        return None if value is None else date.fromisoformat(value)


class PortableJSON(TypeDecorator[object]):
    """JSON kept as text; a changed value must be assigned anew."""

    impl = Text
    cache_ok = True

    @override
    def process_bind_param(self, value: object | None, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value, ensure_ascii=False)

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> object | None:
        return None if value is None else json.loads(value)


def big_id() -> TypeEngine[int]:
    """Return the type of a generated id: 64 bits on both databases."""
    return BigInteger().with_variant(Integer, "sqlite")

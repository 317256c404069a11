"""Statements in the words of each database's driver."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from bot.kernel.work import Statement

_PARAMETER = re.compile(r"(?<!:):([a-z_]\w*)")
_INSERTED = re.compile(r"(INSERT .*ON CONFLICT \([a-z_, ]+\) DO NOTHING) RETURNING id")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement in the words of a driver.

    SQLite's driver looks names up slowly, so there values go in by place. It also collects
    what an insert returns in a table of its own, although it knows the new row's id anyway.
    """

    text: str
    pick: Callable[[Mapping[str, object]], object]
    """Puts the values into the form that the driver takes."""
    tells_id: bool = False
    """Instead of returning the id of a new row, it leaves it with the cursor."""


def for_sqlite(statement: Statement) -> Prepared:
    """Return the statement for the standard library's driver."""
    names = _PARAMETER.findall(statement.sql)
    text = _PARAMETER.sub("?", statement.sql)
    inserted = _INSERTED.fullmatch(text)
    return Prepared(inserted[1] if inserted else text, _in_order(names), inserted is not None)


def _in_order(names: Sequence[str]) -> Callable[[Mapping[str, object]], object]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: [values[name] for name in names]


def for_postgres(statement: Statement) -> Prepared:
    """Return the statement for psycopg."""
    text = _PARAMETER.sub(r"%(\1)s", statement.sql.replace("%", "%%"))
    return Prepared(text, lambda values: values)

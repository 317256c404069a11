"""Statements in the words of each database's driver."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from operator import itemgetter

from bot.kernel.work import Statement

_PARAMETER = re.compile(r"(?<!:):([a-z_]\w*)")
_TELLS_ID = re.compile(r"(INSERT .* ON CONFLICT \([a-z_, ]+\) DO NOTHING) RETURNING id")
_TELLS_WHETHER = re.compile(r"((?:INSERT|UPDATE) .*) RETURNING 1")


class Tells(Enum):
    """How the rows of a statement come back."""

    ROWS = "as rows"
    ID = "the new row's id stays with the cursor"
    WHETHER = "the cursor counts them, and nobody asks for more"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement in the words of a driver.

    SQLite's driver looks names up slowly, so there values go in by place. And
    SQLite collects what is returned in a table of its own, although the cursor knows a new
    row's id, and how many rows there were, anyway.
    """

    text: str
    pick: Callable[[Mapping[str, object]], object]
    """Puts the values into the form that the driver takes."""
    tells: Tells = Tells.ROWS


def for_sqlite(statement: Statement) -> Prepared:
    """Return the statement for the standard library's driver."""
    names = _PARAMETER.findall(statement.sql)
    text = _PARAMETER.sub("?", statement.sql)
    for pattern, tells in ((_TELLS_ID, Tells.ID), (_TELLS_WHETHER, Tells.WHETHER)):
        if found := pattern.fullmatch(text):
            return Prepared(found[1], _in_order(names), tells)
    return Prepared(text, _in_order(names))


def _in_order(names: Sequence[str]) -> Callable[[Mapping[str, object]], object]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: [values[name] for name in names]


def for_postgres(statement: Statement) -> Prepared:
    """Return the statement for psycopg."""
    text = _PARAMETER.sub(r"%(\1)s", statement.sql.replace("%", "%%"))
    return Prepared(text, lambda values: values)

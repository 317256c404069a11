"""What an operator orders from the platform and an errand carries out, each at most once.

    wanted ─▶ under way ─▶ made ─▶ (changed ─▶ under way ─▶ made)
                 │  └────▶ refused: the platform says no, and why
                 └───────▶ doubtful: nobody knows; an operator decides whether once more

The platform has no list in which a lost answer could be looked up (path/92229 and 92366,
2026-07), so nothing that may exist is made again by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import integer, micros

_FORGOTTEN = timedelta(minutes=2)
"""So long after its beginning nobody can still be waiting for an answer."""


class Order(StrEnum):
    """How far something ordered is."""

    DRAFT = "draft"
    """Kept for its writer to look at; the platform has not heard of it."""
    WANTED = "wanted"
    UNDER_WAY = "under_way"
    MADE = "made"
    UNWANTED = "unwanted"
    REFUSED = "refused"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class Ordered:
    """One thing that waits to be carried out; `platform_id` is empty while it was never made."""

    id: int
    platform_id: str
    status: Order
    fields: Sequence[str]


class Orders:
    """The orders in one table."""

    def __init__(self, table: str, fields: Sequence[str], *, later: Order) -> None:
        """Prepare the statements; `later` is what one orders for something that was made."""
        columns = ", ".join(["id", "platform_id", "status", *fields])
        self._next = Statement(
            f"SELECT {columns} FROM {table} WHERE status IN ('wanted', 'unwanted')"
            " ORDER BY id LIMIT 1"
        )
        self._begin = Statement(
            f"UPDATE {table} SET status = 'under_way', begun_at = :now"
            " WHERE id = :id AND status = :was RETURNING id"
        )
        self._set = Statement(
            f"UPDATE {table} SET status = :status, error = :error, platform_id = :platform"
            " WHERE id = :id AND status = 'under_way'"
        )
        self._remove = Statement(f"DELETE FROM {table} WHERE id = :id")
        self._forgotten = Statement(
            f"UPDATE {table} SET error = '', status = CASE WHEN platform_id = ''"
            f" THEN 'doubtful' ELSE '{later.value}' END"
            " WHERE status = 'under_way' AND (begun_at < :before OR begun_at > :now)"
        )
        self._again = Statement(
            f"UPDATE {table} SET error = '', status = CASE WHEN platform_id = ''"
            f" THEN 'wanted' ELSE '{later.value}' END"
            " WHERE id = :id AND status IN ('refused', 'doubtful') RETURNING id"
        )

    def next(self, uow: UnitOfWork) -> Ordered | None:
        """Return what was ordered first of what waits."""
        rows = uow.run(self._next)
        return _ordered(rows[0]) if rows else None

    def begin(self, uow: UnitOfWork, order: Ordered) -> bool:
        """Note that we are about to ask the platform; False when somebody else is."""
        now = micros(uow.clock.now())
        return bool(uow.run(self._begin, id=order.id, was=order.status.value, now=now))

    def end(
        self, uow: UnitOfWork, order: Ordered, status: Order, *, platform_id: str, error: str = ""
    ) -> None:
        """Note what came of it."""
        uow.run(self._set, id=order.id, status=status.value, error=error, platform=platform_id)

    def remove(self, uow: UnitOfWork, order: Ordered) -> None:
        """Forget what the platform has taken back."""
        uow.run(self._remove, id=order.id)

    def find_forgotten(self, uow: UnitOfWork) -> None:
        """What a dead process had begun is in doubt; a change may be made once more."""
        now = uow.clock.now()
        uow.run(self._forgotten, before=micros(now - _FORGOTTEN), now=micros(now))

    def again(self, uow: UnitOfWork, number: int) -> bool:
        """Order once more what was refused or is in doubt."""
        return bool(uow.run(self._again, id=number))


def _ordered(row: Row) -> Ordered:
    number, platform_id, status, *fields = row
    texts = [str(field) for field in fields]
    return Ordered(integer(number), str(platform_id), Order(str(status)), texts)


GREETING_FIELDS = (
    *("text", "title", "url", "description", "image_url"),
    *("kind", "path", "app_id", "page"),
)
"""The columns of a greeting, in the order of `rules.Greeting`."""
ways = Orders("group_join_ways", ("chat_id", "state"), later=Order.UNWANTED)
greetings = Orders(
    "group_greetings",
    GREETING_FIELDS,
    later=Order.WANTED,
)

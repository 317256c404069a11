"""What an operator orders from the platform and an errand carries out, each at most once.

    wanted ─▶ under way ─▶ made ─▶ (changed ─▶ under way ─▶ made)
                 │  ├────▶ refused: the platform says no, and why
                 │  └────▶ as before, and tried again by itself when its time has come
                 └───────▶ doubtful: nobody knows; an operator decides whether once more

The platform has no list in which a lost answer could be looked up (path/92229 and 92366,
2026-07), so nothing that may exist is made again by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.kernel.clock import due_ahead
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_FORGOTTEN = timedelta(minutes=2)
"""So long after its beginning nobody can still be waiting for an answer."""
_LONGEST_S = 3600.0
"""Nothing waits for longer before it is tried again."""


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
    tries: int
    fields: Sequence[str]


class Orders:
    """The orders in one table."""

    def __init__(self, table: str, fields: Sequence[str], *, later: Order) -> None:
        """Prepare the statements; `later` is what one orders for something that was made."""
        columns = ", ".join(["id", "platform_id", "status", "tries", *fields])
        self._next = Statement(
            f"SELECT {columns} FROM {table} WHERE status IN ('wanted', 'unwanted')"
            " AND (due_at IS NULL OR due_at <= :now) ORDER BY id LIMIT 1"
        )
        self._next_at = Statement(
            f"SELECT min(due_at) FROM {table} WHERE status IN ('wanted', 'unwanted', 'made')"
        )
        self._begin = Statement(
            f"UPDATE {table} SET status = 'under_way', begun_at = :now"
            " WHERE id = :id AND status = :was RETURNING id"
        )
        self._set = Statement(
            f"UPDATE {table} SET status = :status, error = :error, platform_id = :platform,"
            " tries = 0, due_at = NULL WHERE id = :id AND status = 'under_way'"
        )
        self._later = Statement(
            f"UPDATE {table} SET status = :status, error = :error, tries = tries + 1,"
            " due_at = :due WHERE id = :id AND status IN ('under_way', 'made')"
        )
        self._ahead = Statement(f"UPDATE {table} SET due_at = NULL WHERE due_at > :latest")
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
        rows = uow.run(self._next, now=micros(uow.clock.now()))
        return ordered(rows[0]) if rows else None

    def rests_s(self, uow: UnitOfWork) -> float | None:
        """Return after how many seconds something that was put off is due; None for nothing."""
        ((due,),) = uow.run(self._next_at)
        return None if due is None else max(0, (instant(due) - uow.clock.now()).total_seconds())

    def begin(self, uow: UnitOfWork, order: Ordered) -> bool:
        """Note that we are about to ask the platform; False when somebody else is."""
        now = micros(uow.clock.now())
        return bool(uow.run(self._begin, id=order.id, was=order.status.value, now=now))

    def end(
        self, uow: UnitOfWork, order: Ordered, status: Order, *, platform_id: str, error: str = ""
    ) -> None:
        """Note what came of it."""
        uow.run(self._set, id=order.id, status=status.value, error=error, platform=platform_id)

    def put_off(self, uow: UnitOfWork, order: Ordered, *, error: str, after_s: float) -> None:
        """Try one again later, each time twice as late; those behind it go on."""
        due = uow.clock.now() + timedelta(seconds=min(after_s * 2.0**order.tries, _LONGEST_S))
        status = order.status.value
        uow.run(self._later, id=order.id, status=status, error=error, due=micros(due))

    def remove(self, uow: UnitOfWork, order: Ordered) -> None:
        """Forget what the platform has taken back."""
        uow.run(self._remove, id=order.id)

    def find_forgotten(self, uow: UnitOfWork) -> None:
        """What a dead process had begun is in doubt; a change may be made once more.

        What was put off by a clock that was set back meanwhile is due at once.
        """
        now = uow.clock.now()
        uow.run(self._ahead, latest=micros(due_ahead(now, _LONGEST_S)))
        uow.run(self._forgotten, before=micros(now - _FORGOTTEN), now=micros(now))

    def again(self, uow: UnitOfWork, number: int) -> bool:
        """Order once more what was refused or is in doubt."""
        return bool(uow.run(self._again, id=number))


def ordered(row: Row) -> Ordered:
    """Return what a row tells: id, platform's id, status, tries, and the fields if any."""
    number, platform_id, status, tries, *fields = row
    texts = [str(field) for field in fields]
    return Ordered(integer(number), str(platform_id), Order(str(status)), integer(tries), texts)


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

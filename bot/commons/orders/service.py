"""Orders (订单) of members: kept as told, once each; whose they are may turn out later."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from bot.commons import profiles
from bot.commons.orders.matter import Item, KeptOrder, Order, Outcome, Status
from bot.kernel.ids import MemberId
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

ERASED = "erased"
"""The `ref_kind` of orders of somebody who wants nothing kept about her."""

COLUMNS = (
    "id, source, order_id, member_id, paid_at, paid_fen, refunded_fen, status, store, items,"
    " delivered_at"
)
_KEPT = (
    *("id", "member", "ref_kind", "ref", "paid_at", "paid_fen", "refunded_fen", "status"),
    *("store", "items", "delivered_at"),
)
_FIND = Statement(
    "SELECT id, member_id, ref_kind, ref, paid_at, paid_fen, refunded_fen, status, store, items,"
    " delivered_at FROM orders WHERE source = :source AND order_id = :order_id"
)
_ADD = Statement(
    "INSERT INTO orders (source, order_id, member_id, ref_kind, ref, paid_at, paid_fen,"
    " refunded_fen, status, store, items, untold, told_paid, told_refunded_fen, at, delivered_at,"
    " told_delivered)"
    " VALUES (:source, :order_id, :member, :ref_kind, :ref, :paid_at, :paid_fen,"
    " :refunded_fen, :status, :store, :items, 1, 0, 0, :now, :delivered_at, 0)"
    " ON CONFLICT (source, order_id) DO NOTHING RETURNING id"
)
_CHANGE = Statement(
    "UPDATE orders SET member_id = :member, ref_kind = :ref_kind, ref = :ref, paid_at = :paid_at,"
    " paid_fen = :paid_fen, refunded_fen = :refunded_fen, status = :status, store = :store,"
    " items = :items, delivered_at = :delivered_at, untold = 1, at = :now WHERE id = :id"
)
_GET = Statement(f"SELECT {COLUMNS} FROM orders WHERE id = :id")
_OF = Statement(
    f"SELECT {COLUMNS} FROM orders WHERE member_id = :member AND paid_at >= :since"
    " AND paid_at < :until ORDER BY paid_at, id"
)
_FOR_EVER = 2**62


def counting(name: str) -> str:
    """Return `KeptOrder.counts` as a condition on the row of orders that a statement calls so."""
    return (
        f"({name}.status <> 'cancelled'"
        f" AND NOT ({name}.status = 'refunded' AND {name}.refunded_fen = 0)"
        f" AND ({name}.refunded_fen < {name}.paid_fen"
        f" OR ({name}.status = 'paid' AND ({name}.refunded_fen = 0 OR {name}.paid_fen = 0))))"
    )


class OthersOrder(ValueError):
    """An order of this number is kept as another member's; nothing was written."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of an order that was told."""

    id: int
    outcome: Outcome
    member: MemberId | None
    """None until it is known whose it is."""


def record(uow: UnitOfWork, order: Order) -> Recorded:
    """Keep an order as it is told now; the same again changes nothing.

    Rooms hear of it (`OrderPaid`, `OrderDelivered`, `OrderRefunded`) by `tell`, which a job of the
    running bot calls: an import runs in a process of its own, where no rooms listen.

    Raises:
        OthersOrder: it is kept as another member's.
        profiles.Shared: two members go by the name that it gives.
    """
    member = None if order.ref is None else profiles.find_ref(uow, order.ref)
    whose = _whose(uow, order, member)
    told = {**_told(order), **whose}
    at = {"source": order.source, "order_id": order.order_id}
    if added := uow.run(_ADD, **at, **told, now=micros(uow.clock.now())):
        return Recorded(integer(added[0][0]), Outcome.NEW, member)
    return _renew(uow, order, told, uow.run(_FIND, **at)[0])


def _renew(uow: UnitOfWork, order: Order, told: dict[str, object], row: Row) -> Recorded:
    kept = dict(zip(_KEPT, row, strict=True))
    if kept["member"] is not None:
        if told["member"] not in (None, kept["member"]):
            raise OthersOrder("is kept as another member's order")
        told |= {"member": kept["member"], "ref_kind": "", "ref": ""}
    elif kept["ref_kind"] == ERASED:
        told |= {"member": None, "ref_kind": ERASED, "ref": ""}
    elif order.ref is None:
        told |= {"ref_kind": kept["ref_kind"], "ref": kept["ref"]}
    if order.delivered_at is None:
        told |= {"delivered_at": kept["delivered_at"]}
    number, member = integer(kept["id"]), told["member"]
    whose = None if member is None else MemberId(integer(member))
    if all(kept[name] == value for name, value in told.items()):
        return Recorded(number, Outcome.UNCHANGED, whose)
    uow.run(_CHANGE, id=number, **told, now=micros(uow.clock.now()))
    return Recorded(number, Outcome.UPDATED, whose)


def _whose(uow: UnitOfWork, order: Order, member: MemberId | None) -> dict[str, object]:
    """Return the columns that say whose an order is; of who was erased nothing is kept."""
    if order.ref is None or member is not None:
        return {"member": member, "ref_kind": "", "ref": ""}
    if profiles.was_erased(uow, order.ref):
        return {"member": None, "ref_kind": ERASED, "ref": ""}
    return {"member": None, "ref_kind": order.ref.kind, "ref": order.ref.value}


def _told(order: Order) -> dict[str, object]:
    return {
        "paid_at": micros(order.paid_at),
        "paid_fen": order.paid_fen,
        "refunded_fen": order.refunded_fen,
        "status": order.status.value,
        "store": order.store,
        "items": json.dumps([asdict(item) for item in order.items], ensure_ascii=False),
        "delivered_at": None if order.delivered_at is None else micros(order.delivered_at),
    }


def get(uow: UnitOfWork, number: int) -> KeptOrder | None:
    """Return the order of an event."""
    rows = uow.run(_GET, id=number)
    return read(rows[0]) if rows else None


def orders_of(
    uow: UnitOfWork,
    member: MemberId,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Sequence[KeptOrder]:
    """Return a member's orders from `since` up to `until`, also those that don't count."""
    first = -_FOR_EVER if since is None else micros(since)
    last = _FOR_EVER if until is None else micros(until)
    return [read(row) for row in uow.run(_OF, member=member, since=first, until=last)]


def first_order(uow: UnitOfWork, member: MemberId) -> KeptOrder | None:
    """Return a member's first order that counts; None while there is none."""
    return next((order for order in orders_of(uow, member) if order.counts), None)


def read(row: Row) -> KeptOrder:
    """Return the order of a row with `COLUMNS`."""
    number, source, order_id, member, paid_at, paid, refunded, status, store, items, delivered = row
    return KeptOrder(
        id=integer(number),
        source=str(source),
        order_id=str(order_id),
        member=None if member is None else MemberId(integer(member)),
        paid_at=instant(paid_at),
        paid_fen=integer(paid),
        refunded_fen=integer(refunded),
        status=Status(str(status)),
        store=str(store),
        items=[Item(**item) for item in json.loads(str(items))],
        delivered_at=None if delivered is None else instant(delivered),
    )

"""Finds out whose orders are, and tells rooms what became of them; each fact once."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.commons.orders.matter import KeptOrder
from bot.commons.orders.service import COLUMNS, read
from bot.kernel.events import OrderDelivered, OrderPaid, OrderRefunded
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer, micros

Found = Sequence[tuple[int, MemberId]]

_OF_NOBODY = "o.member_id IS NULL AND o.ref <> ''"
_FIND = Statement(
    "SELECT id, MIN(member_id) FROM ("
    " SELECT o.id, i.member_id FROM orders o JOIN identities i"
    f" ON i.channel = o.ref_kind AND i.identity = o.ref WHERE {_OF_NOBODY}"
    " UNION SELECT o.id, i.member_id FROM orders o JOIN identities i"
    f" ON i.channel = 'kefu' AND i.identity = o.ref WHERE {_OF_NOBODY}"
    " AND o.ref_kind = 'customer_groups'"
    " UNION SELECT o.id, i.member_id FROM orders o JOIN person_keys k"
    " ON k.kind = 'unionid' AND k.value = o.ref JOIN identities i ON i.id = k.identity_id"
    f" WHERE {_OF_NOBODY} AND o.ref_kind = 'unionid'"
    " UNION SELECT o.id, p.member_id FROM orders o JOIN member_profiles p ON p.unionid = o.ref"
    f" WHERE {_OF_NOBODY} AND o.ref_kind = 'unionid'"
    " UNION SELECT o.id, p.member_id FROM orders o JOIN member_profiles p ON p.phone = o.ref"
    f" WHERE {_OF_NOBODY} AND o.ref_kind = 'phone'"
    ") AS claims GROUP BY id HAVING COUNT(*) = 1 ORDER BY id LIMIT :most"
)
_CLAIM = Statement(
    "UPDATE orders SET member_id = :member, ref_kind = '', ref = '', untold = 1, at = :now"
    " WHERE id = :id AND member_id IS NULL AND ref <> ''"
    " AND EXISTS (SELECT 1 FROM members WHERE id = :member) RETURNING 1"
)
_UNTOLD = Statement(
    "SELECT id FROM orders WHERE untold = 1 AND member_id IS NOT NULL"
    " ORDER BY paid_at, id LIMIT :most"
)
# Of two replicas that tell at once, the second waits for the first and then finds it told.
_TAKE = Statement(
    "UPDATE orders SET untold = 0 WHERE id = :id AND untold = 1 AND member_id IS NOT NULL"
    f" RETURNING {COLUMNS}, told_paid, told_refunded_fen, told_delivered"
)
_TOLD = Statement(
    "UPDATE orders SET told_paid = :paid, told_refunded_fen = :refunded,"
    " told_delivered = :delivered WHERE id = :id"
)
FORGET = Statement(
    "UPDATE orders SET ref = '', ref_kind = '' WHERE id IN (SELECT id FROM orders"
    " WHERE member_id IS NULL AND ref <> '' AND at < :before ORDER BY id LIMIT :most) RETURNING 1"
)
COUNT_UNCLAIMED = Statement("SELECT COUNT(*) FROM orders WHERE member_id IS NULL AND ref <> ''")


def find_owners(uow: UnitOfWork, *, most: int) -> Found:
    """Return orders of nobody and whose they turn out to be; changes nothing.

    A phone number that two members share is nobody's.
    """
    return [
        (integer(order), MemberId(integer(member))) for order, member in uow.run(_FIND, most=most)
    ]


def claim(uow: UnitOfWork, found: Found) -> int:
    """Give orders to the members who were found for them; return how many it were."""
    now = micros(uow.clock.now())
    return sum(len(uow.run(_CLAIM, id=order, member=member, now=now)) for order, member in found)


def tell(uow: UnitOfWork, *, most: int) -> bool:
    """Publish what rooms have not heard of orders yet; True when there is more."""
    due = uow.run(_UNTOLD, most=most)
    for (number,) in due:
        for row in uow.run(_TAKE, id=number):
            *columns, paid, refunded, delivered = row
            told = _Told(bool(paid), integer(refunded), bool(delivered))
            _tell(uow, read(columns), told)
    return len(due) == most


@dataclass(frozen=True, slots=True)
class _Told:
    """What rooms have heard of an order before."""

    paid: bool
    refunded_fen: int
    delivered: bool


def _tell(uow: UnitOfWork, order: KeptOrder, told: _Told) -> None:
    if order.member is None or not (order.counts or told.paid):
        return
    if not told.paid:
        uow.publish(OrderPaid(order.id, order.member, order.paid_at, order.amount_fen))
    elif order.back_fen > told.refunded_fen:
        is_whole = not order.counts
        uow.publish(OrderRefunded(order.id, order.member, order.paid_fen, order.back_fen, is_whole))
    arrived = order.delivered_at if order.counts and not told.delivered else None
    if arrived is not None:
        uow.publish(OrderDelivered(order.id, order.member, arrived))
    uow.run(
        _TOLD,
        id=order.id,
        paid=1,
        refunded=max(order.back_fen, told.refunded_fen),
        delivered=int(told.delivered or arrived is not None),
    )


def forget_unclaimed(uow: UnitOfWork, *, before_micros: int, most: int) -> bool:
    """Take the names from orders that nobody has come for; True when there are more."""
    return len(uow.run(FORGET, before=before_micros, most=most)) == most


def count_unclaimed(uow: UnitOfWork) -> int:
    """Return how many orders wait for whose they are."""
    return integer(uow.run(COUNT_UNCLAIMED)[0][0])

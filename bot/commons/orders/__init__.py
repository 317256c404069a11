"""Orders (订单) as other systems tell them, and whose they are.

Rooms listen to `OrderPaid`, `OrderDelivered` and `OrderRefunded`, and ask here for more.
"""

from bot.commons.orders.matter import Item, KeptOrder, Order, Outcome, Status
from bot.commons.orders.personal import personal
from bot.commons.orders.service import (
    OthersOrder,
    Recorded,
    counting,
    first_order,
    get,
    orders_of,
    record,
)
from bot.commons.orders.telling import (
    Found,
    claim,
    count_unclaimed,
    find_owners,
    forget_unclaimed,
    tell,
)

__all__ = [
    "Found",
    "Item",
    "KeptOrder",
    "Order",
    "OthersOrder",
    "Outcome",
    "Recorded",
    "Status",
    "claim",
    "count_unclaimed",
    "counting",
    "find_owners",
    "first_order",
    "forget_unclaimed",
    "get",
    "orders_of",
    "personal",
    "record",
    "tell",
]

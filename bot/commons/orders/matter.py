"""What an order is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.commons.profiles import Ref
from bot.kernel.ids import MemberId


class Status(StrEnum):
    """How an order stands."""

    PAID = "paid"
    REFUNDED = "refunded"
    """Wholly, unless it says how much."""
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """What became of an order that was told."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of an order."""

    sku: str = ""
    name: str = ""
    category: str = ""
    style: str = ""
    quantity: int = 1
    price_fen: int = 0


@dataclass(frozen=True, slots=True)
class Order:
    """An order as a system tells it; `source` and `order_id` together name it."""

    source: str
    order_id: str
    ref: Ref | None
    """Whose it is; None when the system does not know."""
    paid_at: datetime
    paid_fen: int
    refunded_fen: int = 0
    status: Status = Status.PAID
    store: str = ""
    items: Sequence[Item] = ()
    delivered_at: datetime | None = None
    """When she had it in her hands (签收); None leaves what is known."""


@dataclass(frozen=True, slots=True)
class KeptOrder:
    """An order as it is kept."""

    id: int
    source: str
    order_id: str
    member: MemberId | None
    paid_at: datetime
    paid_fen: int
    refunded_fen: int
    status: Status
    store: str
    items: Sequence[Item]
    delivered_at: datetime | None = None
    """When she had it in her hands; None while nobody has told."""

    @property
    def back_fen(self) -> int:
        """What is not hers to count any more: refunded, or all when it was cancelled."""
        if self.status is Status.CANCELLED:
            return self.paid_fen
        if self.status is Status.REFUNDED and not self.refunded_fen:
            return self.paid_fen
        return min(self.refunded_fen, self.paid_fen)

    @property
    def amount_fen(self) -> int:
        """What she spent: paid without refunded."""
        return self.paid_fen - self.back_fen

    @property
    def counts(self) -> bool:
        """True when it was paid and neither cancelled nor wholly refunded."""
        return self.amount_fen > 0 or (self.status is Status.PAID and not self.back_fen)

"""Orders out of a table."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.commons import orders, profiles
from bot.commons.importing.bites import Outcome
from bot.commons.orders import Item, Order, Status
from bot.commons.sheets import BadCell
from bot.commons.sheets.cells import fen, moment, words
from bot.kernel.checking import describe
from bot.kernel.words import count_in
from bot.kernel.work import UnitOfWork

COLUMNS = (
    *("source", "order_id", "member", "paid_at", "paid_yuan", "refunded_yuan", "status"),
    *("store", "items", "delivered_at"),
)
NEEDED = ("source", "order_id", "paid_at", "paid_yuan")
_MOST_ITEMS = 200
_MOST_OF_AN_ITEM = 9999
"""A wholesaler's order."""
_A_DAY = timedelta(days=1)
_ITEM_KEYS = ("sku", "name", "category", "style", "quantity", "price_yuan")


@dataclass(frozen=True, slots=True)
class OrdersIn:
    """Takes orders in, a row at a time."""

    zone: ZoneInfo
    columns = COLUMNS
    needed = NEEDED

    def take(self, uow: UnitOfWork, cells: Mapping[str, str]) -> Outcome:
        """Keep the order of a row.

        Raises:
            BadCell: something is wrong with it; nothing was written.
        """
        order, latest = self.read(cells), uow.clock.now() + _A_DAY
        for name, at in (("paid_at", order.paid_at), ("delivered_at", order.delivered_at)):
            if at is not None and at > latest:
                raise BadCell(name, f"{cells[name]} has not come yet")
        try:
            return Outcome(orders.record(uow, order).outcome.value)
        except (profiles.Shared, orders.OthersOrder) as exc:
            raise BadCell("member", str(exc)) from None

    def read(self, cells: Mapping[str, str]) -> Order:
        """Return the order that a row means.

        Raises:
            BadCell: it means none.
        """
        for name in NEEDED:
            if not cells.get(name):
                raise BadCell(name, "is empty")
        paid = fen("paid_yuan", cells["paid_yuan"])
        refunded = fen("refunded_yuan", cells.get("refunded_yuan") or "0")
        if refunded > paid:
            raise BadCell("refunded_yuan", f"{cells['refunded_yuan']} is more than was paid")
        status = _status(cells.get("status", ""), refunded)
        paid_at = moment("paid_at", cells["paid_at"], self.zone)
        return Order(
            source=words("source", cells["source"], most=40),
            order_id=words("order_id", cells["order_id"], most=128),
            ref=ref_in(cells),
            paid_at=paid_at,
            paid_fen=paid,
            refunded_fen=refunded or (paid if status is Status.REFUNDED else 0),
            status=status,
            store=words("store", cells.get("store", ""), most=80),
            items=_items(cells.get("items", "")),
            delivered_at=self._delivered(cells.get("delivered_at", ""), paid_at),
        )

    def _delivered(self, written: str, paid_at: datetime) -> datetime | None:
        """Return when it was delivered; a day alone may be that on which it was paid."""
        if not written:
            return None
        at = moment("delivered_at", written, self.zone)
        if at >= paid_at:
            return at
        if written == paid_at.astimezone(self.zone).date().isoformat():
            return paid_at
        raise BadCell("delivered_at", f"{written} is before it was paid")


def ref_in(cells: Mapping[str, str]) -> profiles.Ref | None:
    """Return whom a row names; None when the cell is empty.

    Raises:
        BadCell: it names nobody.
    """
    if not (written := cells.get("member", "")):
        return None
    try:
        return profiles.read_ref(written)
    except profiles.BadRef as exc:
        raise BadCell("member", f"found {describe(written)}: {exc}") from None


def _status(written: str, refunded_fen: int) -> Status:
    if not written:
        return Status.REFUNDED if refunded_fen else Status.PAID
    try:
        return Status(written.lower())
    except ValueError:
        allowed = ", ".join(Status)
        raise BadCell("status", f"found {describe(written)}, allowed: {allowed}") from None


def _items(written: str) -> tuple[Item, ...]:
    if not written:
        return ()
    try:
        found = json.loads(written, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        raise BadCell("items", "is no JSON list") from None
    if not isinstance(found, list) or len(found) > _MOST_ITEMS:
        raise BadCell("items", f"allowed: a JSON list of at most {_MOST_ITEMS} entries")
    return tuple(_item(one) for one in found)


def _item(one: object) -> Item:
    if not isinstance(one, dict):
        raise BadCell("items", f"found {describe(one)}, allowed: an object with a sku")
    told = {key: "" if one.get(key) is None else str(one[key]) for key in _ITEM_KEYS}
    written = told["quantity"] or "1"
    if not (quantity := count_in(written, _MOST_OF_AN_ITEM)):
        allowed = f"1 to {_MOST_OF_AN_ITEM}"
        raise BadCell("items", f"quantity: found {describe(written)}, allowed: {allowed}")
    sku, name, category, style = (
        words(f"items: {key}", told[key], most=120) for key in _ITEM_KEYS[:4]
    )
    price = fen("items: price_yuan", told["price_yuan"] or "0")
    return Item(sku, name, category, style, quantity, price)

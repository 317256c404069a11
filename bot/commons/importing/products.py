"""Products out of a table. A column that is not there leaves what is known as it is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.commons import products
from bot.commons.importing.bites import Outcome
from bot.commons.products import Product
from bot.commons.sheets import BadCell
from bot.commons.sheets.cells import address, fen, moment, words
from bot.kernel.checking import describe
from bot.kernel.work import UnitOfWork

COLUMNS = ("sku", "name", "category", "style", "price_yuan", "stock", "restock_at", "url")
NEEDED = ("sku",)
_COUNT = re.compile(r"\d{1,7}(\.0+)?", re.ASCII)
"""A sheet may write 3 as 3.0."""


@dataclass(frozen=True, slots=True)
class ProductsIn:
    """Takes products in, a row at a time."""

    zone: ZoneInfo
    columns = COLUMNS
    needed = NEEDED

    def take(self, uow: UnitOfWork, cells: Mapping[str, str]) -> Outcome:
        """Keep the product of a row.

        Raises:
            BadCell: something is wrong with it; nothing was written.
        """
        sku = words("sku", cells.get("sku", ""), most=120)
        if not sku:
            raise BadCell("sku", "is empty")
        known = products.find(uow, sku)
        product = self._read(sku, cells, known[0] if known else None)
        return Outcome(products.keep(uow, product).value)

    def _read(self, sku: str, cells: Mapping[str, str], known: Product | None) -> Product:
        for name in ("name", "price_yuan"):
            if known is None and not cells.get(name):
                raise BadCell(name, "is empty, and the product is new")
        before = known or Product(sku, "", "", "", 0, None, None, "")
        price, stock, restock = (cells.get(key) for key in ("price_yuan", "stock", "restock_at"))
        return Product(
            sku=sku,
            name=words("name", cells.get("name", ""), most=120) or before.name,
            category=_told("category", cells, before.category),
            style=_told("style", cells, before.style),
            price_fen=fen("price_yuan", price) if price else before.price_fen,
            stock=before.stock if stock is None else _stock(stock),
            restock_at=before.restock_at if restock is None else self._restock(restock),
            url=before.url if "url" not in cells else address("url", cells["url"]),
        )

    def _restock(self, written: str) -> datetime | None:
        return moment("restock_at", written, self.zone) if written else None


def _told(column: str, cells: Mapping[str, str], before: str) -> str:
    return words(column, cells[column], most=120) if column in cells else before


def _stock(written: str) -> int | None:
    """Return how many there are; None for an empty cell: nobody knows."""
    if written and not _COUNT.fullmatch(written):
        allowed = "a whole number, 0 to 9999999"
        raise BadCell("stock", f"found {describe(written)}, allowed: {allowed}")
    return int(written.partition(".")[0]) if written else None

"""Keeps products, and puts back what they were before an import."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from enum import StrEnum

from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_COLUMNS = "name, category, style, price_fen, stock, restock_at, url"
_FIND = Statement(f"SELECT {_COLUMNS}, told_at FROM products WHERE sku = :sku")
_LIST = Statement(f"SELECT sku, {_COLUMNS}, told_at FROM products ORDER BY sku LIMIT :most")
_KEEP = Statement(
    f"INSERT INTO products (sku, {_COLUMNS}, told_at) VALUES (:sku, :name, :category,"
    " :style, :price_fen, :stock, :restock_at, :url, :now) ON CONFLICT (sku) DO UPDATE"
    " SET name = excluded.name, category = excluded.category, style = excluded.style,"
    " price_fen = excluded.price_fen, stock = excluded.stock, restock_at = excluded.restock_at,"
    " url = excluded.url, told_at = excluded.told_at, import_id = NULL"
)
_TOLD = Statement("UPDATE products SET told_at = :now WHERE sku = :sku")
_IS_OF = Statement("SELECT 1 FROM products WHERE sku = :sku AND import_id = :import_id")
_DROP = Statement("DELETE FROM products WHERE sku = :sku")
_MARK = Statement("UPDATE products SET import_id = :import_id WHERE sku = :sku")
_COUNT = Statement("SELECT COUNT(*) FROM products")
_PRICED = Statement("SELECT COUNT(*) FROM products WHERE price_fen > 0")
_MIDDLE = Statement(
    "SELECT price_fen FROM products WHERE price_fen > 0 ORDER BY price_fen LIMIT 1 OFFSET :half"
)


class Outcome(StrEnum):
    """What became of a product that was told; the words are those of an import."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Product:
    """A product as it is known."""

    sku: str
    name: str
    category: str
    style: str
    price_fen: int
    stock: int | None
    """None where nobody told: unknown is not none left."""
    restock_at: datetime | None
    url: str


def find(uow: UnitOfWork, sku: str) -> tuple[Product, datetime] | None:
    """Return a product, and when it was told of last."""
    rows = uow.run(_FIND, sku=sku)
    return _told(sku, rows[0]) if rows else None


def listed(uow: UnitOfWork, *, most: int) -> Sequence[tuple[Product, datetime]]:
    """Return products by sku, and when each was told of last."""
    return [_told(str(sku), rest) for sku, *rest in uow.run(_LIST, most=most)]


def _told(sku: str, row: Row) -> tuple[Product, datetime]:
    name, category, style, price, stock, restock, url, told = row
    product = Product(
        sku,
        str(name),
        str(category),
        str(style),
        integer(price),
        None if stock is None else integer(stock),
        None if restock is None else instant(restock),
        str(url),
    )
    return product, instant(told)


def keep(uow: UnitOfWork, product: Product) -> Outcome:
    """Keep a product as it is told now."""
    before, now = find(uow, product.sku), micros(uow.clock.now())
    if before is not None and before[0] == product:
        uow.run(_TOLD, sku=product.sku, now=now)
        return Outcome.UNCHANGED
    _write(uow, product, now)
    return Outcome.NEW if before is None else Outcome.UPDATED


def _write(uow: UnitOfWork, product: Product, now: int) -> None:
    sku, name, category, style, price, stock, restock, url = astuple(product)
    uow.run(
        _KEEP,
        sku=sku,
        name=name,
        category=category,
        style=style,
        price_fen=price,
        stock=stock,
        restock_at=None if restock is None else micros(restock),
        url=url,
        now=now,
    )


def put_back(uow: UnitOfWork, sku: str, before: Product | None, *, import_id: int) -> bool:
    """Let a product be what it was before an import; False when something changed it since."""
    if not uow.run(_IS_OF, sku=sku, import_id=import_id):
        return False
    if before is None:
        uow.run(_DROP, sku=sku)
    else:
        _write(uow, before, micros(uow.clock.now()))
    return True


def mark(uow: UnitOfWork, sku: str, *, import_id: int) -> None:
    """Note which import changed a product last."""
    uow.run(_MARK, sku=sku, import_id=import_id)


def count(uow: UnitOfWork) -> int:
    """Return how many products are known."""
    return integer(uow.run(_COUNT)[0][0])


def median_fen(uow: UnitOfWork) -> int:
    """Return what the product in the middle costs, of two the cheaper; 0 without products."""
    priced = integer(uow.run(_PRICED)[0][0])
    return integer(uow.run(_MIDDLE, half=(priced - 1) // 2)[0][0]) if priced else 0

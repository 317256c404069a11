"""What was there before an import, for the kinds that can be undone."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Protocol

from bot.commons import products
from bot.commons.importing import comments
from bot.commons.products import Product
from bot.commons.ratings import outside
from bot.kernel.work import UnitOfWork


class Befores(Protocol):
    """Looks at what rows of one kind change, and puts it back."""

    def key(self, cells: Mapping[str, str]) -> str:
        """Return what the row is about; empty when it names nothing."""
        ...

    def look(self, uow: UnitOfWork, key: str) -> Mapping[str, object] | None:
        """Return how it is now, as JSON takes it; None when it is not there."""
        ...

    def mark(self, uow: UnitOfWork, key: str, *, import_id: int) -> None:
        """Note whose change it is."""
        ...

    def put_back(
        self, uow: UnitOfWork, key: str, before: Mapping[str, object] | None, *, import_id: int
    ) -> bool:
        """Let it be what it was; False when something changed it since."""
        ...


class _Products:
    def key(self, cells: Mapping[str, str]) -> str:
        return cells.get("sku", "")

    def look(self, uow: UnitOfWork, key: str) -> Mapping[str, object] | None:
        found = products.find(uow, key)
        if found is None:
            return None
        restock = found[0].restock_at
        return asdict(found[0]) | {"restock_at": restock.isoformat() if restock else None}

    def mark(self, uow: UnitOfWork, key: str, *, import_id: int) -> None:
        products.mark(uow, key, import_id=import_id)

    def put_back(
        self, uow: UnitOfWork, key: str, before: Mapping[str, object] | None, *, import_id: int
    ) -> bool:
        return products.put_back(uow, key, _product(before), import_id=import_id)


def _product(kept: Mapping[str, object] | None) -> Product | None:
    if kept is None:
        return None
    told = dict(kept)
    restock = told.pop("restock_at")
    at = datetime.fromisoformat(str(restock)) if restock else None
    return Product(**told, restock_at=at)  # type: ignore[arg-type]  # what `look` wrote


class _Comments:
    def key(self, cells: Mapping[str, str]) -> str:
        return comments.key_in(cells)

    def look(self, uow: UnitOfWork, key: str) -> Mapping[str, object] | None:
        return outside.plainly(uow, key)

    def mark(self, uow: UnitOfWork, key: str, *, import_id: int) -> None:
        outside.mark(uow, key, import_id=import_id)

    def put_back(
        self, uow: UnitOfWork, key: str, before: Mapping[str, object] | None, *, import_id: int
    ) -> bool:
        return outside.put_back(uow, key, before, import_id=import_id)


BEFORES: Mapping[str, Befores] = {"products": _Products(), "comments": _Comments()}
"""By kind; of orders and members the other rooms have heard."""
_SHOWN = {
    "products": {},
    "comments": {"words": "text", "url": "url", "product": "product", "rating": "rating"},
}


def difference(kind: str, old: Mapping[str, object], new: Mapping[str, object]) -> str:
    """Return what changes, as an operator reads it."""
    names: Mapping[str, str] = _SHOWN[kind] or {key: key for key in old}
    changed = (key for key in old if key in names and old[key] != new[key])
    return "；".join(f"{names[key]} {old[key]} → {new[key]}" for key in changed)[:200]

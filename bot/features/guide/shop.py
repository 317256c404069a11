"""What the product file tells, and how old that is. Nothing is said that it does not tell."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from bot.commons import products
from bot.commons.answers import Index, Leaf
from bot.features.guide.rules import GuideSettings
from bot.kernel.work import Toolbox, UnitOfWork

_MOST = 20_000
_FEN = 100


@dataclass(frozen=True, slots=True)
class Good:
    """A product, and whether what is told of it still counts."""

    product: products.Product
    told_at: datetime
    is_fresh: bool

    @property
    def is_there(self) -> bool:
        """True when the file told a short while ago that there is one left."""
        return self.is_fresh and (self.product.stock or 0) > 0

    @property
    def is_known(self) -> bool:
        """True when the file told a short while ago how many are left, none perhaps."""
        return self.is_fresh and self.product.stock is not None

    @property
    def price_yuan(self) -> str:
        """What it costs, as people write it."""
        yuan, fen = divmod(self.product.price_fen, _FEN)
        return f"{yuan}.{fen:02}" if fen else f"{yuan}"


@dataclass(frozen=True, slots=True)
class Shop:
    """All that the product file has told."""

    goods: Sequence[Good]

    @property
    def there(self) -> Sequence[Good]:
        """What can be recommended."""
        return [good for good in self.goods if good.is_there]

    @property
    def told_at(self) -> datetime | None:
        """When anything was told last; None for an empty file."""
        return max((good.told_at for good in self.goods), default=None)

    def of(self, sku: str) -> Good | None:
        """Return a product; None when there is none any more."""
        return next((good for good in self.goods if good.product.sku == sku), None)

    def index(self) -> Index:
        """Return by what its products are found."""
        return _index(tuple((good.product.sku, good.product.name) for good in self.goods))


@lru_cache(maxsize=2)
def _index(named: tuple[tuple[str, str], ...]) -> Index:
    return Index(Leaf(sku, (name, sku)) for sku, name in named)


def shop_of(uow: UnitOfWork, tools: Toolbox) -> Shop:
    """Return what is told now."""
    since = uow.clock.now() - timedelta(hours=tools.use(GuideSettings).feed_hours)
    told = products.listed(uow, most=_MOST)
    return Shop([Good(product, at, at > since) for product, at in told])


def often(names: Iterable[str], most: int) -> list[str]:
    """Return the most frequent names that are not empty, the most frequent first."""
    counts = Counter(name for name in names if name)
    return [name for name, _ in sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:most]]


def instead_of(shop: Shop, good: Good, most: int) -> Sequence[Good]:
    """Return what is like a product and there: of its category, its style first, its price next."""
    product = good.product
    alike = [
        other
        for other in shop.there
        if other.product.category == product.category and other.product.sku != product.sku
    ]
    alike.sort(
        key=lambda other: (
            other.product.style != product.style,
            abs(other.product.price_fen - product.price_fen),
            other.product.sku,
        )
    )
    return alike[:most]

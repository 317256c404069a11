"""Products (商品) as a feed tells them: what there is, what it costs, how many are left."""

from bot.commons.products.service import (
    Product,
    count,
    find,
    keep,
    listed,
    mark,
    median_fen,
    put_back,
)

__all__ = ["Product", "count", "find", "keep", "listed", "mark", "median_fen", "put_back"]

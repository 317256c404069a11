"""Points (积分): a double-entry ledger."""

from bot.commons.points.books import books_balance, house_balances
from bot.commons.points.merging import PointsSpent
from bot.commons.points.models import PointAccount, PointEntry
from bot.commons.points.personal import personal
from bot.commons.points.service import (
    Booking,
    Line,
    NotEnoughPoints,
    award,
    balance,
    latest,
    reverse,
    spend,
)

__all__ = [
    "Booking",
    "Line",
    "NotEnoughPoints",
    "PointAccount",
    "PointEntry",
    "PointsSpent",
    "award",
    "balance",
    "books_balance",
    "house_balances",
    "latest",
    "personal",
    "reverse",
    "spend",
]

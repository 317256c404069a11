"""Points (积分): a double-entry ledger with lots that expire, holds, and debts.

`award`, `spend`, `reverse` move points; `hold`, `release`, `capture` reserve them. Each is
idempotent by its key.
"""

from bot.commons.points.books import (
    Disagreement,
    Totals,
    Wrong,
    books_balance,
    disagreements,
    house_balances,
    totals,
)
from bot.commons.points.expiring import (
    EXPIRED,
    Expiring,
    date_lots,
    expire,
    expiring_of,
    next_expiry,
    warn,
)
from bot.commons.points.holds import (
    Hold,
    capture,
    find_hold,
    hold,
    holds_of,
    next_release,
    release,
    release_due,
)
from bot.commons.points.merging import PointsSpent
from bot.commons.points.personal import personal
from bot.commons.points.reads import (
    Entry,
    HouseMonth,
    Posting,
    Standing,
    entries_of,
    entry_of,
    house_months,
    ledger,
    made_by_since,
    standing,
)
from bot.commons.points.rules import PointsSettings
from bot.commons.points.service import (
    DEBT,
    ERASED,
    Booking,
    Line,
    NotEnoughPoints,
    award,
    balance,
    is_booked,
    latest,
    reverse,
    spend,
)

__all__ = [
    "DEBT",
    "ERASED",
    "EXPIRED",
    "Booking",
    "Disagreement",
    "Entry",
    "Expiring",
    "Hold",
    "HouseMonth",
    "Line",
    "NotEnoughPoints",
    "PointsSettings",
    "PointsSpent",
    "Posting",
    "Standing",
    "Totals",
    "Wrong",
    "award",
    "balance",
    "books_balance",
    "capture",
    "date_lots",
    "disagreements",
    "entries_of",
    "entry_of",
    "expire",
    "expiring_of",
    "find_hold",
    "hold",
    "holds_of",
    "house_balances",
    "house_months",
    "is_booked",
    "latest",
    "ledger",
    "made_by_since",
    "next_expiry",
    "next_release",
    "personal",
    "release",
    "release_due",
    "reverse",
    "spend",
    "standing",
    "totals",
    "warn",
]

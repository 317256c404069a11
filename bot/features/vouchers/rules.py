"""How coupons are called that somebody issues by hand. Arithmetic only."""

import re
import unicodedata
from datetime import date
from enum import StrEnum

_PERIOD = re.compile(r"[\w-]{1,20}")


class State(StrEnum):
    """Where a batch stands."""

    ISSUING = "issuing"
    DONE = "done"
    REVOKING = "revoking"
    REVOKED = "revoked"


def key_of(kind: str, member: int, period: str) -> str:
    """Return the key of a coupon that is issued by hand: rule, member and period."""
    return f"hand:{kind}:{member}:{period}"


def period_in(said: str, today: date) -> str | None:
    """Return the period of a form, this month for an empty one; None when it can't be one."""
    period = unicodedata.normalize("NFKC", said).strip()
    if not period:
        return f"{today:%Y-%m}"
    return period if _PERIOD.fullmatch(period) else None


def code_in(said: str) -> str:
    """Return the code of what was typed or scanned: a scanner brings the whole address."""
    return said.strip().rpartition("code=")[2][:60]

"""What stands in a cell: money, days, instants, words. Each mistake is a `BadCell`."""

import re
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.commons.sheets.rows import BadCell
from bot.kernel.checking import describe
from bot.kernel.clock import instant_of

MOST_YUAN = 100_000_000
_MONEY = re.compile(r"[¥￥]?\s*(-?)(\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.(\d{1,10}))?", re.ASCII)
_ADDRESS = re.compile(r"https?://[^\s/?#]+\.[^\s]+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
_MONTH_DAY = re.compile(r"(?:\d{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|30)", re.ASCII)


def fen(column: str, written: str) -> int:
    """Return an amount of yuan in fen; exactly, never by a float.

    Raises:
        BadCell: it is negative, too much, no amount, or has a part of a fen.
    """
    found = _MONEY.fullmatch(written)
    if not found:
        raise BadCell(column, f"found {describe(written)}, allowed: yuan, such as 80 or 79.90")
    if found[1]:
        raise BadCell(column, f"found {describe(written)}, an amount is not negative")
    amount = Decimal(f"{found[2].replace(',', '')}.{found[3] or 0}") * 100
    if amount != int(amount):
        raise BadCell(column, f"found {describe(written)}, allowed: two decimals")
    if amount > MOST_YUAN * 100:
        raise BadCell(column, f"found {describe(written)}, at most {MOST_YUAN} yuan")
    return int(amount)


def day(column: str, written: str) -> date:
    """Return a day.

    Raises:
        BadCell: there is no such day.
    """
    try:
        return date.fromisoformat(written if _DAY.fullmatch(written) else "")
    except ValueError:
        raise BadCell(column, f"found {describe(written)}, allowed: a day, YYYY-MM-DD") from None


def moment(column: str, written: str, zone: ZoneInfo) -> datetime:
    """Return an instant; without a zone it is the community's, a day alone is its beginning.

    Raises:
        BadCell: there is no such instant.
    """
    try:
        found = datetime.fromisoformat(written if _INSTANT.fullmatch(written) else "")
        known = found if found.tzinfo else instant_of(found, zone)
        if not 1990 <= known.year <= 2200:  # noqa: PLR2004 - beyond it is a slip of the pen
            raise ValueError  # noqa: TRY301 - one answer to all mistakes
    except (ValueError, OverflowError):
        allowed = "an instant, YYYY-MM-DD HH:MM:SS"
        raise BadCell(column, f"found {describe(written)}, allowed: {allowed}") from None
    return known


def lunar_day(column: str, written: str) -> str:
    """Return month and day of the lunar calendar.

    Raises:
        BadCell: there is no such day.
    """
    found = _MONTH_DAY.fullmatch(written)
    if not found:
        raise BadCell(column, f"found {describe(written)}, allowed: MM-DD of the lunar calendar")
    return f"{found[1]}-{found[2]}"


def words(column: str, written: str, *, most: int) -> str:
    """Return a text on one line.

    Raises:
        BadCell: it is too long, or holds what nobody sees.
    """
    text = " ".join(written.split())
    if len(text) > most:
        raise BadCell(column, f"{len(text)} characters, at most {most}")
    if not text.isprintable():
        raise BadCell(column, "holds characters that nobody sees")
    return text


def address(column: str, written: str) -> str:
    """Return a web address; empty for an empty cell.

    Raises:
        BadCell: it is none, or of another kind than http and https.
    """
    if written and not (_ADDRESS.fullmatch(written) and written.isprintable()):
        raise BadCell(column, f"found {describe(written)}, allowed: http:// or https://")
    return words(column, written, most=500)


def listed(column: str, written: str, *, most: int) -> tuple[str, ...]:
    """Return the words of a cell with several, parted by `|`, each once.

    Raises:
        BadCell: there are too many, or one is no word.
    """
    found = dict.fromkeys(words(column, one, most=most) for one in written.split("|"))
    found.pop("", None)
    if len(found) > 50:  # noqa: PLR2004 - nobody has so many
        raise BadCell(column, f"{len(found)} entries, at most 50")
    return tuple(found)

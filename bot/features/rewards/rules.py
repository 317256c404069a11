"""Arithmetic of rewards: which day is a double day, and what a deed is worth."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import prod

from bot.features.rewards.matter import Double, Rule

DAY = timedelta(days=1)
_FEN = 100
_MOST_POINTS = 1_000_000
"""What a single deed is worth at most, before doubling: an amount with a slip is no fortune."""
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

LunarOf = Callable[[date], tuple[int, int, bool]]
"""Month and day of the lunar calendar, and whether it is the last of its month; the month is
negative where it is a leap month."""


@dataclass(frozen=True, slots=True)
class Born:
    """A birthday as it is on file. Who gave one of the lunar calendar is meant by that alone."""

    solar: date | None = None
    lunar: str = ""
    """`08-15`."""


def is_birthday(born: Born, day: date, lunar_of: LunarOf) -> bool:
    """Return True on her birthday.

    Who was born on 29 February has it on the 28th in years without one. A lunar birthday is in
    the ordinary month, never in the leap month after it; who was born on a 30th has it on the
    29th where the month ends with that.
    """
    if born.lunar:
        month, number = map(int, born.lunar.split("-"))
        on_month, on_day, is_last = lunar_of(day)
        return on_month == month and (on_day == number or (is_last and on_day < number))
    if born.solar is None:
        return False
    wanted = (born.solar.month, born.solar.day)
    if wanted == (2, 29) and (day.month, day.day) == (2, 28):
        return (day + DAY).month != day.month
    return (day.month, day.day) == wanted


def is_double(double: Double, day: date, *, birthday: bool) -> bool:
    """Return True when a day is one of a double's days."""
    if not double.is_valid_on(day) or (double.birthday and not birthday):
        return False
    named = bool(double.weekdays or double.month_days)
    is_named = _WEEKDAYS[day.weekday()] in double.weekdays or day.day in double.month_days
    return is_named or not named


def doubles_of(
    rule: Rule, doubles: Iterable[Double], day: date, *, birthday: bool
) -> Sequence[Double]:
    """Return the double days that count for a rule on a day."""
    if rule.doubles == "never":
        return []
    mine = (each for each in doubles if not each.rules or rule.name in each.rules)
    return [each for each in mine if is_double(each, day, birthday=birthday)]


def factor(rule: Rule, doubles: Collection[Double]) -> int:
    """Return by how much points count: of several days the largest, unless the rule multiplies."""
    factors = [each.factor for each in doubles]
    return prod(factors) if rule.doubles == "multiply" else max(factors, default=1)


def worth(points: int, each_fen: int, amount_fen: int) -> int:
    """Return the points of a deed: fixed ones, or those of each whole amount of `each_fen`."""
    return min(points * (max(amount_fen, 0) // each_fen), _MOST_POINTS) if each_fen else points


def each_fen(rule: Rule) -> int:
    """Return for which amount a rule gives its points; 0 where they are fixed."""
    return (rule.each_yuan or 0) * _FEN


def week_of(day: date) -> tuple[date, date]:
    """Return the Monday and the Sunday around a day."""
    monday = day - day.weekday() * DAY
    return monday, monday + 6 * DAY

"""What people say of the detector, and what follows from a sample. Arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import sqrt
from random import Random

SAMPLE = 50
_Z = 1.959964
"""Of a normal distribution, for an interval that holds in 95 of 100 cases."""


class Verdict(StrEnum):
    """What a person says of a message or a chat."""

    HUMAN = "human"
    """A human was needed."""
    FINE = "fine"
    """Nobody was."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A share, and between what bounds it lies in 95 of 100 such samples."""

    value: float
    low: float
    high: float


def wilson(hits: int, n: int) -> Interval | None:
    """Return a share with Wilson's interval; None of nothing.

    Raises:
        ValueError: there are more hits than tries, or fewer than none.
    """
    if not 0 <= hits <= n:
        raise ValueError(f"{hits} of {n}")
    if n == 0:
        return None
    share = hits / n
    middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    around = _Z / (1 + _Z**2 / n) * sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    low = 0.0 if hits == 0 else max(0.0, middle - around)
    high = 1.0 if hits == n else min(1.0, middle + around)
    return Interval(share, low, high)


def recall(found: int, missed: int, n: int, chats: int) -> Interval | None:
    """Return which share of those who needed a human was found, judging by a sample of the others.

    Args:
        found: who needed a human and was found.
        missed: how many of the sample needed one.
        n: how many of the sample were read.
        chats: of how many it was drawn.

    Returns:
        None when nobody needed one, or nothing was read.
    """
    of_others = wilson(missed, n)
    if of_others is None or (found == 0 and missed == 0):
        return None

    def share(rate: float) -> float:
        needed = found + rate * chats
        return found / needed if needed else 1.0

    return Interval(share(of_others.value), share(of_others.high), share(of_others.low))


def draw(people: Sequence[int], week: date, most: int = SAMPLE) -> list[int]:
    """Return who is drawn in a week: the same whenever it is asked, in the order of drawing."""
    ordered = sorted(set(people))
    return Random(f"sample:{week.isoformat()}").sample(ordered, min(most, len(ordered)))  # noqa: S311 - to be drawn again, not to be secret

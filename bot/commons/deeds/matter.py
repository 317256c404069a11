"""What a deed is, and days in a row among deeds. Arithmetic only."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, get_args

Kind = Literal[
    "checkin",
    "ballot",
    "submission_accepted",
    "salon_attended",
    "challenge_completed",
    "challenge_won",
    "feedback",
    "order_paid",
]
"""What members do that can be rewarded. Nothing of it is sharing, and none may be added that is."""
KINDS: tuple[str, ...] = get_args(Kind)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that a member did and that may be rewarded, whichever room it happened in."""

    kind: str
    """One of `KINDS`."""
    ref: str
    """Unique for its kind: the same is the same deed, however often it is told."""
    member: int
    at: datetime
    """When she sent or paid it."""
    day: date
    """The day that it counts for, in the community's zone."""
    amount_fen: int = 0

    @property
    def key(self) -> str:
        """Return what no other deed is called."""
        return f"{self.kind}:{self.ref}"


def run_around(days: Collection[date], day: date) -> tuple[date, date]:
    """Return the first and the last of the days in a row around `day`, which is one of them."""
    first = last = day
    while first - _DAY in days:
        first -= _DAY
    while last + _DAY in days:
        last += _DAY
    return first, last


def first_run(days: Sequence[date], length: int) -> Sequence[date]:
    """Return the first `length` days in a row among `days`, in order; empty without any."""
    run: list[date] = []
    for day in days:
        run = [*run, day] if run and day == run[-1] + _DAY else [day]
        if len(run) == length:
            return run
    return []


def longest_run(days: Iterable[date]) -> int:
    """Return how many days are in a row at most, among `days` in order."""
    best = run = 0
    before: date | None = None
    for day in days:
        run = run + 1 if before is not None and day == before + _DAY else 1
        best, before = max(best, run), day
    return best

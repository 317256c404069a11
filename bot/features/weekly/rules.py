"""What a figure of a week is, and which week it is. Arithmetic."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta

TOLD_AT_H = 9
"""The numbers of a week are made on the Monday after it, at nine."""
MOST_ROWS = 50
"""So many of the rows that a figure was counted from are named with it."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a week."""

    name: str
    """A code word: `first_p50_s`, `reopened`."""
    group: str
    """Of what it is, where there are several: a tier, a reason, an advisor; else empty."""
    value: float | None
    """None where too few have answered."""
    n: int
    """Of how many."""
    rows: Sequence[str] = ()
    """What it was counted from: `case:12`, `outbox:7`, `voice:3`, the first ones of many."""


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def figure(name: str, group: str, value: float | None, n: int, rows: Sequence[str] = ()) -> Figure:
    """Return a figure with as many of its rows as are named."""
    return Figure(name, group, value, n, tuple(rows[:MOST_ROWS]))


def written(figures: Sequence[Figure]) -> str:
    """Return figures as JSON: the same figures are the same bytes."""
    found = [asdict(one) for one in figures]
    return json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read(text: str) -> list[Figure]:
    """Return the figures that `written` wrote."""
    return [Figure(**{**one, "rows": tuple(one["rows"])}) for one in json.loads(text)]

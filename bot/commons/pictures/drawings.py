"""What can be drawn: small descriptions, in words and numbers, that turn into JSON and back.

The same description is the same picture, byte for byte. Words are drawn as they are given: they
come from templates and content files, and names from members. Only the few labels that belong
to a picture (连续, 票) stand where it is drawn.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import Discriminator, TypeAdapter

STYLE = 1
"""To be raised when the same description looks different from now on."""


class DayMark(StrEnum):
    """What a day of a calendar shows."""

    DONE = "done"
    MADE_UP = "made-up"
    MISSED = "missed"
    TODAY = "today"
    """Today, and nothing done yet."""
    TO_COME = "to-come"


@dataclass(frozen=True, slots=True)
class MonthCalendar:
    """A month of check-ins."""

    brand: str
    month: date
    """Its first day."""
    days: tuple[DayMark, ...]
    """One for each day of the month."""
    today: int = 0
    """The day of the month that is today; 0 for another month."""
    streak_days: int = 0
    best_days: int = 0
    total_days: int = 0
    name: str = ""
    kind: Literal["month_calendar"] = "month_calendar"


@dataclass(frozen=True, slots=True)
class StreakPoster:
    """A large number to keep."""

    brand: str
    days: int
    day: date
    words: str
    name: str = ""
    kind: Literal["streak_poster"] = "streak_poster"


@dataclass(frozen=True, slots=True)
class PollOption:
    """One bar of a chart; `picture` is the digest of a file in the store."""

    text: str
    votes: int
    is_winner: bool = False
    picture: str = ""


@dataclass(frozen=True, slots=True)
class PollChart:
    """What came of a vote. Percentages are of `voters`, who may have chosen several."""

    brand: str
    title: str
    options: tuple[PollOption, ...]
    voters: int
    closed: str = ""
    """When it ended, in words."""
    note: str = ""
    """What was agreed beforehand: quorum, ties."""
    kind: Literal["poll_chart"] = "poll_chart"


@dataclass(frozen=True, slots=True)
class RankRow:
    """One line of a list; the same `place` for a tie."""

    place: int
    name: str
    figure: str
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best, and below them the line of whoever looks, unless it is among them."""

    brand: str
    title: str
    rows: tuple[RankRow, ...]
    subtitle: str = ""
    own: RankRow | None = None
    note: str = ""
    kind: Literal["ranking"] = "ranking"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A badge or certificate."""

    brand: str
    title: str
    words: str
    day: date
    name: str = ""
    number: str = ""
    kind: Literal["certificate"] = "certificate"


@dataclass(frozen=True, slots=True)
class QrSheet:
    """A code to scan, large enough to be printed."""

    brand: str
    title: str
    address: str
    """What the code says."""
    when: str = ""
    where: str = ""
    note: str = ""
    kind: Literal["qr_sheet"] = "qr_sheet"


Drawing = Annotated[
    MonthCalendar | StreakPoster | PollChart | Ranking | Certificate | QrSheet,
    Discriminator("kind"),
]
drawing_json: TypeAdapter[Drawing] = TypeAdapter(Drawing)


def written(drawing: Drawing) -> str:
    """Return a drawing as JSON."""
    return drawing_json.dump_json(drawing).decode()


def key_of(drawing: Drawing) -> str:
    """Return what is the same for the same picture, before it is drawn."""
    return sha256(f"{STYLE}\n{written(drawing)}".encode()).hexdigest()

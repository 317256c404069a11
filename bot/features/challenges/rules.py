"""What counts in a challenge, what is still possible, and who wins. Arithmetic only."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from bot.kernel.clock import instant_of
from bot.kernel.events import CheckinWay

DAY = timedelta(days=1)
FIRST_NUMBER = 100
"""A challenge is called by its id and this: 101, 102, …"""
LINK_VALID_S = 24 * 3600
_QUARTER_MONTHS = 3


class ChallengeSettings(BaseModel):
    """The section `[challenges]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    settle_after_minutes: int = Field(default=30, ge=0, le=24 * 60)
    """So long after its last day a challenge is counted: what was sent in time may come late."""
    photo_minutes: int = Field(default=10, ge=1, le=240)
    """A picture counts when it was sent so long before or after 打卡."""


class State(StrEnum):
    """Where a challenge stands."""

    OPEN = "open"
    """Members take part, or will when it begins."""
    SETTLING = "settling"
    """Its last day is over; everybody is counted once more."""
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    """Its file is gone, and nobody takes part."""


class Given(StrEnum):
    """What became of a reward."""

    NONE = ""
    GIVEN = "given"
    UNDONE = "undone"


class Prize(BaseModel):
    """What somebody gets; all of it once."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    points: int = Field(default=0, ge=0, le=1_000_000)
    coupon: str = Field(default="", max_length=60)
    """The name of a kind in `content/coupons.toml`."""
    valid: Literal["kind", "quarter"] = "kind"
    """How long the coupon is: by its kind's own rule, or to the end of the quarter."""
    badge: str = Field(default="", max_length=60)
    """The code of a badge, for whoever gives badges."""


class WinnerPrize(Prize):
    """What the winner gets besides, and by which rule there is one."""

    by: Literal["most_days", "first_done"]
    tie: Literal["all", "first", "none"] = "all"
    """Of several that are equal all win, or who completed it first, or none."""


class Terms(BaseModel):
    """What was said before a challenge began; stands still once somebody takes part."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    days_needed: int
    photo: bool = False
    made_up: bool = False
    """Days that were made up (补签) count too."""
    audience: tuple[str, ...] = ()
    joining: Literal["ask", "auto"] = "ask"
    """Who is meant takes part by 参加, or by her first check-in."""
    reward: Prize = Prize()
    winner: WinnerPrize | None = None


def counted(
    days: Mapping[date, CheckinWay], photo_days: Collection[date], terms: Terms
) -> list[date]:
    """Return the days that count, the earliest first.

    Args:
        days: the days with a check-in within the challenge, and how each came.
        photo_days: those with a picture.
        terms: of the challenge.
    """
    return sorted(
        day
        for day, way in days.items()
        if (terms.made_up or way is not CheckinWay.MADE_UP)
        and (not terms.photo or day in photo_days or way is CheckinWay.AMNESTY)
    )


def days_left(today: date, first: date, last: date, done: Collection[date]) -> int:
    """Return on how many days she can still do it, today included unless it is done."""
    begins = max(today, first)
    coming = [begins + number * DAY for number in range(max(0, (last - begins).days + 1))]
    return sum(day not in done for day in coming)


def quarter_end(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant after the last of the quarter: 23:59:59 is still within it."""
    month = (day.month - 1) // _QUARTER_MONTHS * _QUARTER_MONTHS + _QUARTER_MONTHS + 1
    after = date(day.year + (month > 12), (month - 1) % 12 + 1, 1)  # noqa: PLR2004 - months
    return instant_of(datetime.combine(after, time()), zone)


@dataclass(frozen=True, slots=True)
class Entry:
    """One member who has completed a challenge, as the winner's rule sees her."""

    member: int
    days: int
    done_at: datetime


def winners(entries: Sequence[Entry], rule: WinnerPrize) -> list[int]:
    """Return who wins, by the rule and its way with a tie."""
    if not entries:
        return []
    if rule.by == "most_days":
        most = max(entry.days for entry in entries)
        best = [entry for entry in entries if entry.days == most]
    else:
        first = min(entry.done_at for entry in entries)
        best = [entry for entry in entries if entry.done_at == first]
    if len(best) > 1 and rule.tie == "none":
        return []
    if len(best) > 1 and rule.tie == "first":
        best = [min(best, key=lambda entry: (entry.done_at, entry.member))]
    return sorted(entry.member for entry in best)

"""Arithmetic of leaderboards (排行榜): days as bits of a month, runs, places, ties."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from bot.kernel.ids import MemberId

DAY = timedelta(days=1)


class RankingSettings(BaseModel):
    """The section `[rankings]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    top: int = Field(default=10, ge=1, le=20)
    """How many are named at most; never more than half of those who take part."""
    grace_minutes: int = Field(default=0, ge=0, le=360)
    """As in `[checkin]`: the community's day begins so many minutes after midnight."""
    digest_names: int = Field(default=8, ge=1, le=30)
    """How many are named in each line of a digest."""
    milestones: tuple[int, ...] = (7, 30, 100, 365)
    """Days in a row for which a digest congratulates."""
    digest_late_minutes: int = Field(default=120, ge=10, le=720)
    """A digest that could not leave in time is left out when it is later than this."""


def day_of(at: datetime, zone: ZoneInfo, grace_minutes: int) -> date:
    """Return the day for which a check-in counts at an instant."""
    return (at.astimezone(zone).replace(tzinfo=None) - timedelta(minutes=grace_minutes)).date()


def month_of(day: date) -> str:
    """Return what the month of a day is called: `2026-08`."""
    return day.isoformat()[:7]


def bit_of(day: date) -> int:
    """Return the bit of a day in the mask of its month."""
    return 1 << (day.day - 1)


def days_of(month: str, mask: int) -> list[date]:
    """Return the days of a mask, the first day first."""
    first = date.fromisoformat(f"{month}-01")
    return [first + number * DAY for number in range(31) if mask >> number & 1]


@dataclass(frozen=True, slots=True)
class Run:
    """Days in a row."""

    last_day: date
    days: int

    def days_on(self, today: date) -> int:
        """Return the days in a row as they stand: 0 once a whole day is missed."""
        return self.days if self.last_day >= today - DAY else 0


def last_run(months: Iterable[tuple[str, int]]) -> Run | None:
    """Return the newest days in a row; looks no further back than it has to.

    Args:
        months: what they are called, with their masks, the newest first.
    """
    last: date | None = None
    length = 0
    for month, mask in months:
        for day in reversed(days_of(month, mask)):
            if last is None:
                last = day
            elif day != last - length * DAY:
                return Run(last, length)
            length += 1
    return Run(last, length) if last else None


def is_record(months: Iterable[tuple[str, int]]) -> bool:
    """Return True when the newest run beats, since its last day, an earlier and shorter one."""
    days = sorted(day for month, mask in months for day in days_of(month, mask))
    runs = [1] if days else []
    for before, day in pairwise(days):
        if day == before + DAY:
            runs[-1] += 1
        else:
            runs.append(1)
    return len(runs) > 1 and runs[-1] == max(runs[:-1]) + 1


@dataclass(frozen=True, slots=True)
class Standing:
    """A member and her figure."""

    member: MemberId
    days: int


@dataclass(frozen=True, slots=True)
class Line:
    """All who share a place. Those of a tie that is too long are counted, not named."""

    place: int
    days: int
    members: tuple[MemberId, ...]


def lines(rows: Sequence[Standing], *, top: int, people: int) -> list[Line]:
    """Return the places that are shown: whole ties only, and none of the lower half.

    Args:
        rows: the best, by their figures; one more than `top` at least, where there are so many.
        top: how many may be named.
        people: how many take part; above twice `top` it does not matter.
    """
    most = min(top, (people + 1) // 2)
    shown: list[Line] = []
    named = 0
    for days, group in groupby(rows, key=lambda row: row.days):
        tied = tuple(row.member for row in group)
        if named == 0 and len(tied) > top:
            return [Line(1, days, ())]
        if named and named + len(tied) > most:
            break
        shown.append(Line(named + 1, days, tied))
        named += len(tied)
    return shown


def is_due(at: time, now: datetime, zone: ZoneInfo, late_minutes: int) -> bool:
    """Return True from the time of a digest on, while it is not too late, on the same day."""
    local = now.astimezone(zone).replace(tzinfo=None)
    begins = datetime.combine(local.date(), at)
    return begins <= local < begins + timedelta(minutes=late_minutes)

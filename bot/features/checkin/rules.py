"""Arithmetic of check-ins (打卡): which day, how many in a row, how many points."""

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.kernel.checking import wrong

DAY = timedelta(days=1)
_THING_CHARS = 20


class BonusAgain(StrEnum):
    """How often days in a row earn the bonus."""

    EVERY = "every"
    """For every `bonus_every_days` days of a run: 7, 14, 21, …"""
    RUN = "run"
    """Once in each run of days."""
    ONCE = "once"
    """Once in all."""


class CheckinSettings(BaseModel):
    """The section `[checkin]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base_points: int = Field(default=5, ge=0, le=10_000)
    """Points of a check-in."""
    bonus_points: int = Field(default=10, ge=0, le=10_000)
    """Points on top for every `bonus_every_days` days in a row."""
    bonus_every_days: int = Field(default=7, ge=1, le=366)
    bonus_again: BonusAgain = BonusAgain.EVERY
    grace_minutes: int = Field(default=0, ge=0, le=360)
    """The community's day begins so many minutes after midnight: with 30, a check-in at
    00:20 counts for the day before."""
    makeup_points: int = Field(default=0, ge=0, le=100_000)
    """What a day costs that is made up later (补签); 0: not for points."""
    makeup_days_back: int = Field(default=7, ge=1, le=60)
    """The oldest day that can be made up was so many days ago."""
    makeups_a_month: int = Field(default=2, ge=1, le=31)
    """So many days can be made up in one month of the calendar."""
    token_every_days: int = Field(default=0, ge=0, le=366)
    """So many days in a row earn a token (补签卡), which makes up a day for nothing; 0: none."""
    tokens_at_most: int = Field(default=2, ge=1, le=31)
    """Whoever has so many earns no more until she uses one."""
    poster_days: tuple[Annotated[int, Field(ge=1, le=36_500)], ...] = (7, 30, 100, 365)
    """With so many days in a row a poster to keep is offered."""
    remind_at: time | None = None
    """When who has asked for it is reminded, by the clock on the wall; None for never."""
    remind_fields: Mapping[str, str] = Field(default_factory=dict)
    """The fields of the template `checkin`; `{days}` becomes the days in a row."""

    @model_validator(mode="after")
    def _says_something(self) -> "CheckinSettings":
        if self.remind_at is not None and not self.remind_fields:
            hint = 'remind_fields = { thing1 = "今天还没有打卡" }, with the fields of your template'
            raise wrong("bad-value", "a reminder without words", hint, key="remind_fields")
        return self

    @property
    def can_make_up(self) -> bool:
        """True when days can be made up at all."""
        return self.makeup_points > 0 or self.token_every_days > 0


@dataclass(frozen=True, slots=True)
class Streak:
    """What is kept of a member's check-ins, so that her history need not be counted."""

    last_day: date
    days: int
    """Days in a row that end with `last_day`."""
    best_days: int
    total_days: int

    def days_on(self, today: date) -> int:
        """Return the days in a row as they stand today: 0 once a whole day is missed."""
        return self.days if self.last_day >= today - DAY else 0


def day_of(at: datetime, zone: ZoneInfo, grace_minutes: int = 0) -> date:
    """Return the day that a message sent at `at` counts for, by the clock on the wall."""
    return (at.astimezone(zone).replace(tzinfo=None) - timedelta(minutes=grace_minutes)).date()


def reached(before: int, after: int, every: int) -> int:
    """Return how many multiples of `every` days a run has more than its two parts had.

    Whatever the order in which its days arrive: a late day that joins two runs reaches what
    neither reached alone.

    Args:
        before: days in a row that end with the day before.
        after: days in a row that begin with the day after; 0 unless the day is late.
        every: days.

    Raises:
        ValueError: a run is shorter than nothing.
    """
    if before < 0 or after < 0:
        raise ValueError(f"before={before}, after={after}: a run has 0 days or more")
    return (before + 1 + after) // every - before // every - after // every


def bonus_for(before: int, after: int, settings: CheckinSettings) -> int:
    """Return the points on top for a day that joins the runs of days on both sides of it.

    Where the rule pays once in a run, joining two that were both paid takes nothing back.
    """
    every = settings.bonus_every_days
    bonuses = reached(before, after, every)
    if settings.bonus_again is not BonusAgain.EVERY:
        bonuses = int(before < every and after < every and bonuses > 0)
    return bonuses * settings.bonus_points


def points_for(before: int, after: int, settings: CheckinSettings) -> int:
    """Return the points of a check-in that joins the runs of days on both sides of it."""
    return settings.base_points + bonus_for(before, after, settings)


def streak_of_days(days: Sequence[date]) -> Streak | None:
    """Return what a history of check-ins amounts to; None without any.

    Args:
        days: all days with a check-in, the earliest first.
    """
    run_days = best_days = 0
    before: date | None = None
    for day in days:
        run_days = run_days + 1 if before is not None and day == before + DAY else 1
        best_days, before = max(best_days, run_days), day
    return Streak(before, run_days, best_days, len(days)) if before else None


def is_time_to_remind(at: datetime, zone: ZoneInfo, remind_at: time) -> bool:
    """Return True within the hour from `remind_at` on; later is too late for the day."""
    local = at.astimezone(zone).replace(tzinfo=None)
    begins = datetime.combine(local.date(), remind_at)
    return begins <= local < begins + timedelta(hours=1)


def reminder(fields: Mapping[str, str], days: int) -> dict[str, str]:
    """Return the fields of a reminder; `thing` takes 20 characters (doc/service, 2026-07)."""
    said = {name: text.replace("{days}", str(days)) for name, text in fields.items()}
    return {
        name: text[:_THING_CHARS] if name.startswith("thing") else text
        for name, text in said.items()
    }


def days_to_bonus(days: int, settings: CheckinSettings, *, had_it: bool = False) -> int:
    """Return how many more days in a row lead to the next bonus; 0 when there are none.

    Args:
        days: in a row, so far.
        settings: the rules of the community.
        had_it: she has had the bonus that there is once in all.
    """
    every = settings.bonus_every_days
    is_over = settings.bonus_again is BonusAgain.RUN and days >= every
    if not settings.bonus_points or had_it or is_over:
        return 0
    return every - days % every


def month_of(today: date) -> tuple[date, date]:
    """Return the first and the last day of the month of `today`."""
    first = today.replace(day=1)
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def calendar(today: date, checked: frozenset[date]) -> list[str]:
    """Return the month of `today` as lines of seven signs, Monday first.

    ✅ is a day with a check-in, ⬜ one without, ・ a day outside the month or to come.
    """
    first, last = month_of(today)
    monday = first - first.weekday() * DAY
    weeks = ((last - monday).days // 7) + 1
    return [
        "".join(_sign(monday + (7 * week + day) * DAY, today, checked) for day in range(7))
        for week in range(weeks)
    ]


def _sign(day: date, today: date, checked: frozenset[date]) -> str:
    if (day.year, day.month) != (today.year, today.month):
        return "・"
    if day in checked:
        return "✅"
    return "・" if day > today else "⬜"


class AmnestyState(StrEnum):
    """Where an amnesty (补发) stands."""

    GRANTING = "granting"
    GRANTED = "granted"
    UNDOING = "undoing"
    UNDONE = "undone"


class Mark(StrEnum):
    """What a day of a calendar shows."""

    DONE = "done"
    MADE_UP = "made-up"
    """A check-in that was made on a later day (补签)."""
    PAST = "past"
    TODAY = "today"
    TO_COME = "to-come"


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of a calendar."""

    day: date
    mark: Mark
    is_today: bool


def month_in(said: str, today: date) -> date:
    """Return the first day of the month that `said` names as `2026-08`.

    Anything else, and a month to come, is the month of `today`.
    """
    this_month = today.replace(day=1)
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", said) or said.startswith("0000"):
        return this_month
    return min(this_month, date.fromisoformat(f"{said}-01"))


def month_grid(
    month: date, today: date, checked: Mapping[date, datetime], zone: ZoneInfo, grace_minutes: int
) -> list[list[Cell | None]]:
    """Return the weeks of a month, Monday first; None for a day of another month.

    Args:
        month: its first day.
        today: the day for which a check-in counts now.
        checked: the days with a check-in, and the instant that made each.
        zone: of the community.
        grace_minutes: how long after midnight a day begins.
    """
    first, last = month_of(month)

    def cell(day: date) -> Cell:
        is_today = day == today
        if (at := checked.get(day)) is not None:
            is_late = day_of(at, zone, grace_minutes) > day
            return Cell(day, Mark.MADE_UP if is_late else Mark.DONE, is_today)
        if is_today:
            return Cell(day, Mark.TODAY, is_today)
        return Cell(day, Mark.PAST if day < today else Mark.TO_COME, is_today)

    cells = [cell(first + number * DAY) for number in range((last - first).days + 1)]
    padded = [None] * first.weekday() + cells + [None] * (-(first.weekday() + len(cells)) % 7)
    return [padded[start : start + 7] for start in range(0, len(padded), 7)]

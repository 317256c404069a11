"""Arithmetic of check-ins (打卡): which day, how many in a row, how many points."""

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

"""When points expire: arithmetic only."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""When a lot expires that has no date: a value sorts alike on both databases, NULL does not."""

_MONTHS = 12


class PointsSettings(BaseModel):
    """The section `[points]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    expire_months: int = Field(default=0, ge=0, le=120)
    """Points expire so many calendar months after they came, at the end of the day; 0 for never."""
    expire_warn_days: int = Field(default=14, ge=1, le=90)
    """Members are told so many days before, at most once in as many days."""
    correct_at_most: int = Field(default=1000, ge=1, le=1_000_000)
    """Points that one correction by hand may give or take."""
    correct_at_most_a_day: int = Field(default=5000, ge=1, le=10_000_000)
    """Points that one operator may give and take in 24 hours, together."""


def last_day(got_on: date, months: int) -> date:
    """Return the last day of points that came on `got_on`, the day of the month clamped."""
    month = got_on.month - 1 + months
    year, month = got_on.year + month // _MONTHS, month % _MONTHS + 1
    return date(year, month, min(got_on.day, monthrange(year, month)[1]))


def expiry(at: datetime, now: datetime, zone: ZoneInfo, settings: PointsSettings) -> datetime:
    """Return when points that came at `at` expire: after the last day, by the community's clock.

    Whoever has old points when the rule is switched on is warned like everybody else.
    """
    rule = last_day(at.astimezone(zone).date(), settings.expire_months)
    warned = now.astimezone(zone).date() + timedelta(days=settings.expire_warn_days)
    return datetime.combine(max(rule, warned) + timedelta(days=1), time(), zone)

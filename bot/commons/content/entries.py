"""The keys of a `[[schedule]]` and what they take."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    ValidationInfo,
    model_validator,
)

from bot.commons.content.matter import Instant, Named
from bot.kernel.checking import describe, wrong

NOT_YET = frozenset(
    {
        "every",
        "starts_on",
        "festival",
        "solar_term",
        "event",
        "member_date",
        "offset_days",
        "time",
        "only",
    }
)
"""Keys of the format that this version does not act on."""

_NAME = re.compile(r"\w[\w.-]{0,63}")
_STRETCH = re.compile(r"\s*(\d{4}-\d{2}-\d{2})\s*(?:\.\.\s*(\d{4}-\d{2}-\d{2})\s*)?")
_HOURS = re.compile(r"\s*(\d{1,2}:\d{2})\s*[-–]\s*(\d{1,2}:\d{2})\s*")


def _name(value: str) -> str:
    if not _NAME.fullmatch(value):
        allowed = "letters, digits, - _ and ., at most 64"
        raise wrong("bad-value", f"found {describe(value)}, allowed: {allowed}")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (OSError, ValueError, KeyError):
        hint = "names as in the IANA data base: Asia/Shanghai, Europe/Paris, UTC"
        raise wrong("bad-timezone", f"unknown time zone {describe(value)}", hint) from None
    return value


def _stretch(value: object) -> tuple[date, date]:
    """Read a day without fires, or several as `2026-02-16..2026-02-22`."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value, value
    try:
        found = _STRETCH.fullmatch(value) if isinstance(value, str) else None
        first = date.fromisoformat(found[1] if found else "")
        last = date.fromisoformat(found[2]) if found and found[2] else first
    except ValueError:
        allowed = 'a date, or "2026-02-16..2026-02-22"'
        raise wrong("bad-date", f"found {describe(value)}, allowed: {allowed}") from None
    if last < first:
        raise wrong("bad-date", f"{describe(value)} ends before it begins")
    return first, last


def _hours(value: object) -> tuple[time, time]:
    """Read quiet hours, `22:00-08:00`."""
    found = _HOURS.fullmatch(value) if isinstance(value, str) else None
    try:
        pair = [time.fromisoformat(part.zfill(5)) for part in (found.groups() if found else [])]
    except ValueError:
        pair = []
    if len(pair) != 2 or pair[0] == pair[1]:  # noqa: PLR2004 - from and until
        raise wrong("bad-value", f'found {describe(value)}, allowed: "22:00-08:00"')
    return pair[0], pair[1]


Stretch = Annotated[tuple[date, date], BeforeValidator(_stretch)]
Hours = Annotated[tuple[time, time], BeforeValidator(_hours)]


class ScheduleEntry(BaseModel):
    """The keys of one schedule, without those of `NOT_YET`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, AfterValidator(_name)]
    cron: Named | None = None
    at: Instant | None = None
    timezone: Annotated[str, AfterValidator(_zone)] | None = None
    quiet_hours: Hours | None = None
    jitter_s: StrictInt = Field(default=0, ge=0, le=6 * 3600)
    paused: StrictBool = False
    blackout: tuple[Stretch, ...] = ()
    late_at_most_s: StrictInt = Field(default=3600, ge=0, le=7 * 86_400)
    missed: Literal["skip", "late", "ask"] = "skip"
    content: Named | None = None
    pick: Literal["next_unused", "by_date", "random"] = "next_unused"
    file: Named | None = None
    audience: tuple[Named, ...] = ()

    @model_validator(mode="after")
    def _whole(self, info: ValidationInfo) -> Self:
        not_yet = info.context.get("not_yet") if isinstance(info.context, dict) else ()
        excused = isinstance(not_yet, Sequence) and len(not_yet) > 0
        if self.cron is not None and self.at is not None:
            raise wrong(
                "bad-value", 'has both "cron" and "at"; one schedule has one of them', key="at"
            )
        if self.cron is None and self.at is None and not excused:
            raise wrong("missing-key", 'needs "cron" or "at": nothing says when')
        if (self.content is None) == (self.file is None):
            raise wrong("missing-key", 'needs either "content" (a folder) or "file"')
        return self

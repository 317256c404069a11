"""The front matter of a file in `content/services/`: what can be booked, when, with whom."""

from collections.abc import Mapping
from datetime import date, time
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, StrictBool, StrictInt, model_validator
from typing_extensions import override

from bot.commons.content import PostMatter, Stretch
from bot.commons.content.matter import Named, WordOrWords, Words
from bot.features.bookings.rules import QUARTER_MINUTES
from bot.kernel.checking import describe, wrong

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAMES = {name: number for number, name in enumerate(_DAYS)}
_NAMES |= {f"周{sign}": number for number, sign in enumerate("一二三四五六日")}


def _week(value: object) -> object:
    """Read `sat = ["10:00", "14:00"]`, with English or Chinese names of days."""
    if not isinstance(value, Mapping):
        raise wrong("bad-value", f"found {describe(value)}, allowed: days with their times")
    return {
        _day(name): tuple(_time(each) for each in _list(times)) for name, times in value.items()
    }


def _day(name: object) -> int:
    if name not in _NAMES:
        allowed = ", ".join((*_DAYS, "周一", "…", "周日"))
        raise wrong("bad-value", f"no day of the week: {describe(name)}, allowed: {allowed}")
    return _NAMES[str(name)]


def _list(times: object) -> list[object]:
    return times if isinstance(times, list) else [times]


def _time(value: object) -> time:
    try:
        at = value if isinstance(value, time) else time.fromisoformat(str(value).strip().zfill(5))
    except ValueError:
        at = None
    if at is None or at.second or at.microsecond or at.tzinfo or at.minute % QUARTER_MINUTES:
        allowed = 'quarters of an hour, "10:00"'
        raise wrong("bad-value", f"found {describe(value)}, allowed: {allowed}")
    return at


class ServiceMatter(PostMatter):
    """The keys of a file in `content/services/`."""

    advisor: Named
    """Her userid, as in `[[advisors]]`."""
    duration_minutes: StrictInt = Field(ge=QUARTER_MINUTES, le=480)
    weekly: Annotated[Mapping[int, tuple[time, ...]], BeforeValidator(_week)]
    """The times of each day of the week, Monday being 0."""
    days_off: tuple[Stretch, ...] = ()
    lead_hours: StrictInt = Field(default=24, ge=0, le=24 * 60)
    horizon_days: StrictInt = Field(default=28, ge=1, le=180)
    cancel_hours: StrictInt = Field(default=24, ge=0, le=24 * 30)
    """Until so many hours before, she may move or cancel it herself."""
    audience: WordOrWords = ()
    """For whom; nobody named is everybody."""
    address: StrictBool = False
    """True when somebody comes to her home."""

    @model_validator(mode="after")
    def _is_bookable(self) -> Self:
        if self.duration_minutes % QUARTER_MINUTES:
            message = f"{self.duration_minutes} is no multiple of {QUARTER_MINUTES}"
            raise wrong("bad-value", message, key="duration_minutes")
        if not any(self.weekly.values()):
            raise wrong("bad-value", "no day has a time", key="weekly")
        return self

    @override
    def audiences(self) -> list[tuple[str, Words]]:
        return [("audience", self.audience)]

    def is_off(self, day: date) -> bool:
        """Return True on a holiday."""
        return any(first <= day <= last for first, last in self.days_off)

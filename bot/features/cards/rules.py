"""The settings of the room, and arithmetic with words and times."""

import re
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bot.commons.cases import Case, is_gravest
from bot.kernel.clock import instant_of
from bot.kernel.words import cut_chars

HANDLE_DIES = timedelta(hours=72)
"""So long a card can be changed, since it was sent or pressed (path/94888, 2026-07)."""
HANDLE_LASTS = timedelta(hours=71)
"""An hour before, it is sent anew."""
SNOOZE_S = 600
"""Business seconds that 稍后 puts a card off."""
MOST_SNOOZES = 2
DIGEST_LATE = timedelta(minutes=30)
"""A digest that could not be sent for so long is left out."""
DUE_SOON = timedelta(hours=2)
DOUBTS_KEPT = timedelta(days=7)
MESSAGES, VIEWS, ORDERS, COLLEAGUES = 5, 3, 3, 6
_NAME_CHARS, _WORDS_CHARS, _BOT_CHARS = 10, 36, 16
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_PHONE = re.compile(r"(?<!\d)(1\d{2})\d{4}(\d{4})(?!\d)")
_LONG = re.compile(r"(?<!\d)\d{11,}(\d{4})[xX]?(?!\d)")
_JOINER = "\u200d"  # it is not printable, and holds emoji together
_TAGS = str.maketrans("<>", "＜＞")


class State(StrEnum):
    """Where a card stands."""

    HELD = "held"
    """Not sent: she is not at work, or has had enough for today."""
    LIVE = "live"
    """She was asked, by buttons that work."""
    TAKEN = "taken"
    """She has taken the case by it; it can still be handed on."""
    CHANGING = "changing"
    """It is to show what became of the case."""
    OVER = "over"


class CardsSettings(BaseModel):
    """The section `[cards]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    most_per_day: int = Field(default=30, ge=1, le=500)
    """So many cards of one advisor a day ring; safety rings beyond. Others are in the digest."""
    digest_at: tuple[str, ...] = ("11:00", "16:30", "20:00")
    """When an advisor at work is told what waits for her, by the community's clock."""

    @field_validator("digest_at")
    @classmethod
    def _are_times(cls, times: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [one for one in times if not _CLOCK.fullmatch(one)]:
            raise ValueError(f"{wrong[0][:20]!r} is no time of day; allowed: HH:MM, 09:30")
        return tuple(sorted({*times}))


def rings_always(case: Case) -> bool:
    """Return True for what rings at night, too, and above every budget, until it is over."""
    return case.state.is_with_humans and is_gravest(case.kind, case.severity)


def digest_moment(settings: CardsSettings, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the time of a digest that is due; None when there is none."""
    today = now.astimezone(zone).date()
    past = [each for each in _moments(settings, today, zone) if each <= now]
    return past[-1] if past and now - past[-1] < DIGEST_LATE else None


def next_digest(settings: CardsSettings, after: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when the next digest is due; None when there are none."""
    today = after.astimezone(zone).date()
    days = (today, today + timedelta(days=1))
    both = (moment for day in days for moment in _moments(settings, day, zone))
    return min((moment for moment in both if moment > after), default=None)


def _moments(settings: CardsSettings, day: date, zone: ZoneInfo) -> list[datetime]:
    times = (time.fromisoformat(each) for each in settings.digest_at)
    return [instant_of(datetime.combine(day, each), zone) for each in times]


def tidy(words: str) -> str:
    """Return what somebody wrote as one line that steers nothing, without her long numbers.

    No direction is turned, no tag opened: `<` becomes a wide one. Of a phone, a card or an
    identity's number the last four figures stay: a card is read on locked screens.
    """
    seen = "".join(sign if sign.isprintable() or sign == _JOINER else " " for sign in words[:2000])
    line = " ".join(seen.split()).translate(_TAGS)
    return _LONG.sub(r"****\1", _PHONE.sub(r"\1****\2", line))


def short_name(name: str) -> str:
    """Return a name as it fits beside others."""
    return cut_chars(tidy(name), _NAME_CHARS)


def short_words(words: str, *, is_bots: bool = False) -> str:
    """Return a message as it fits into a line; what the bot said is long, and known."""
    return cut_chars(tidy(words), _BOT_CHARS if is_bots else _WORDS_CHARS)


def yuan(fen: int) -> str:
    """Return an amount as it is read: `420`, `99.90`."""
    return f"{fen // 100}" if fen % 100 == 0 else f"{fen / 100:.2f}"


def age_of(passed: timedelta) -> tuple[int, str]:
    """Return how long ago, as `(3, "h")`: minutes, hours or days."""
    minutes = max(0, int(passed.total_seconds() // 60))
    if minutes < 60:  # noqa: PLR2004 - of an hour
        return minutes, "min"
    hours = minutes // 60
    return (hours, "h") if hours < 48 else (hours // 24, "d")  # noqa: PLR2004 - two days

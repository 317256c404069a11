"""How places at a salon are given and what people mean when they ask for one. Arithmetic only."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum

from pydantic import BaseModel, ConfigDict, Field

FIRST_NUMBER = 100
"""A salon is called by its id and this: 101, 102, …; nobody brings so many people."""
LENGTH = timedelta(hours=2)
"""How long a salon takes whose file does not say so."""
CODE_SIGNS = "ACDEFGHJKLMNPQRTUVWXY34679"
"""No two that look or sound alike."""
CODE_CHARS = 4
MOST_STARS = 5
MOST_SAID = 500
_HUGE = 10**6
_DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8}
_DIGITS |= {"九": 9, "十": 10}
_SIMPLE = str.maketrans("帶兩個攜閨", "带两个携闺")
_ALONG = re.compile(
    r"(?:带|加|携|另|和|跟)(?:上|了|着)?我?的?(?:一?个|位|名)?(?:朋友|闺蜜|姐妹|同事|家人|家属|孩子|宝宝|老公|妈妈|同伴)"
)
_NUMBERS = r"\d+(?:\.\d+)?|[零一二两三四五六七八九十]+"
_SALON = re.compile(r"(?<![\d.+-])(\d{3,9})(?![\d.]|\s*[位人个名口])")
_HEADS = re.compile(
    rf"(?P<plus>带|加|携|另|\+|和|跟)?\s*(?:上|了)?\s*(?P<n>-?(?:{_NUMBERS}))"
    r"(?=\s*[位人个名口]|\s*$|[\s,，。！!~])"
)
_FAMILY = re.compile(rf"({_NUMBERS})\s*(?:个)?[大小]")


class SalonSettings(BaseModel):
    """The section `[salons]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    over_after_minutes: int = Field(default=120, ge=0, le=7 * 24 * 60)
    """So long after its end a salon is over: the door closes, those who came are asked."""
    series_ahead_days: int = Field(default=21, ge=1, le=120)
    """How long beforehand each one of a series can be signed up for."""


class State(StrEnum):
    """Where a salon stands."""

    OPEN = "open"
    OVER = "over"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    """Its file is gone and nobody had signed up."""


class Wave(IntEnum):
    """How far the invitations are."""

    NOT_BEGUN = 0
    FIRST = 1
    """Those who are told before the others are being told."""
    PAUSE = 2
    """They have been told, the others not yet."""
    GENERAL = 3
    DONE = 4


class Place(StrEnum):
    """Where a member stands at a salon."""

    IN = "in"
    WAITING = "waiting"
    OUT = "out"
    """She cancelled."""
    DOOR = "door"
    """She came without having signed up."""


class News(StrEnum):
    """What a member has not been told yet."""

    NOTHING = ""
    PROMOTED = "promoted"
    TOO_MANY = "too_many"
    """It is her turn, but not for so many."""
    ASKED = "asked"
    """She was told so."""


class Consent(StrEnum):
    """What a member answered who was asked to be named as a host."""

    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"


class Told(StrEnum):
    """What everybody of a salon is told."""

    REMINDER = "reminder"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    NEWS = "news"
    FEEDBACK = "feedback"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is kept of a salon that is over: counts, no names."""

    signed_up: int
    heads: int
    came: int
    """Heads, with guests and those who had not signed up."""
    stayed_away: int
    """Members with a place who neither came nor cancelled."""
    waiting: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody typed behind 报名: which salon, and with how many heads."""

    salon: int | None = None
    """The number it is called by."""
    heads: int | None = None
    """0 when it cannot be a number of people."""


def asked_in(argument: str) -> Asked:
    """Return what is meant by `101`, `101 2位`, `带一位朋友`, `101 一家三口` or `两大一小`."""
    text = unicodedata.normalize("NFKC", argument).translate(_SIMPLE).replace("一家", "")
    named = _SALON.search(text)
    salon = int(named[1]) if named and int(named[1]) > FIRST_NUMBER else None
    rest = text.replace(named[0], " ", 1) if named and salon else text
    if family := _FAMILY.findall(rest):
        return Asked(salon, sum(map(_count, family)))
    if found := _HEADS.search(rest):
        count = _count(found["n"])
        return Asked(salon, count + 1 if found["plus"] and count else count)
    return Asked(salon, 2 if _ALONG.search(rest) else None)


def _count(written: str) -> int:
    """Return a number of people; 0 for what cannot be one."""
    if written.isdigit():
        return int(written) if len(written) <= len(str(_HUGE)) else _HUGE
    if written[0] == "-" or "." in written:
        return 0
    tens, ten, ones = written.partition("十")
    if not ten:
        return int("".join(str(_DIGITS[sign]) for sign in written))
    return _DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0)


def stars_in(argument: str) -> tuple[int | None, int, str]:
    """Return salon, stars and words of `101 5 很喜欢`; 0 stars for what are none."""
    text = unicodedata.normalize("NFKC", argument).strip()
    found = re.match(
        r"(?:(\d{3,9})\s+)?([1-5一二三四五])\s*(?:星|分|颗星)?(?!\d)[\s,，。:：]*(.*)",
        text,
        re.DOTALL,
    )
    if found is None:
        number = re.match(r"\d{3,9}", text)
        return (int(number[0]) if number else None), 0, ""
    stars = int(found[2]) if found[2].isdigit() else _DIGITS[found[2]]
    return (int(found[1]) if found[1] else None), stars, found[3].strip()[:MOST_SAID]


def fits(capacity: int | None, taken: int, heads: int) -> bool:
    """Return True when so many more find a place."""
    return capacity is None or taken + heads <= capacity


def is_late(due: datetime, ahead_s: int, now: datetime) -> bool:
    """Return True when a reminder comes so late that it would say something wrong."""
    return now - due > min(timedelta(seconds=ahead_s) / 2, timedelta(hours=3))


@dataclass(frozen=True, slots=True)
class Meeting:
    """One time at which a salon takes place, as wall clocks or instants of its file."""

    suffix: str
    """Empty for the only one; `#2` for the second of a series."""
    day: date
    """On which it was planned."""
    moved_by: timedelta
    """How much later than the first of the series it is planned."""
    starts_at: datetime | None
    """Where the file moves it to; None when it does not."""
    is_skipped: bool


def meetings(
    starts_at: datetime,
    weeks: int | None,
    until: date | None,
    *,
    moves: dict[str, datetime],
    skips: tuple[date, ...],
) -> Iterator[Meeting]:
    """Yield when a salon, or each one of a series, takes place.

    Args:
        starts_at: the first one, on the community's wall clock.
        weeks: between two of them; None for one alone.
        until: the last day on which one is planned.
        moves: other times, by the day on which one was planned.
        skips: days without one.
    """
    if weeks is None or until is None:
        yield Meeting("", starts_at.date(), timedelta(0), None, is_skipped=False)
        return
    number = 0
    while (day := (starts_at + timedelta(weeks=weeks * number)).date()) <= until:
        later = timedelta(weeks=weeks * number)
        number += 1
        moved = moves.get(day.isoformat())
        yield Meeting(f"#{number}", day, later, moved, is_skipped=day in skips)

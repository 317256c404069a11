"""How places at a salon are given and what people mean when they ask for one. Arithmetic only."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from bot.commons.salons import FIRST_NUMBER
from bot.kernel.words import number_said

LENGTH = timedelta(hours=2)
"""How long a salon takes whose file does not say so."""
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
    return number_said(written) or 0


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

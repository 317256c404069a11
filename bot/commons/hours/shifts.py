"""A shift as operators write it, `09:30-12:00`: minutes of one local day."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

from pydantic import BeforeValidator
from typing_extensions import override

from bot.kernel.checking import describe, wrong

DAY_MINUTES = 24 * 60
_WRITTEN = re.compile(r"\s*(\d{1,2})[:：](\d{2})\s*[-–—~～－至]\s*(\d{1,2})[:：](\d{2})\s*")
_HINT = 'write it as "09:30-12:00"; the end of the day is 24:00'


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """A stretch of one day by the clock on the wall; the last minute is not in it."""

    begins_min: int
    """Minutes since local midnight, 0 to 1439."""
    ends_min: int
    """More than `begins_min`, at most 1440."""

    @override
    def __str__(self) -> str:
        return f"{_clock(self.begins_min)}-{_clock(self.ends_min)}"


WHOLE_DAY = Shift(0, DAY_MINUTES)


def shift_of(written: object) -> Shift:
    """Return the shift that somebody wrote.

    Raises:
        PydanticCustomError: it is none, in words for whoever wrote it.
    """
    found = _WRITTEN.fullmatch(written) if isinstance(written, str) else None
    if found is None:
        raise wrong("bad-value", f"found {describe(written)}, allowed: hours", _HINT)
    begins_h, begins_min, ends_h, ends_min = map(int, found.groups())
    begins, ends = begins_h * 60 + begins_min, ends_h * 60 + ends_min
    if begins_min > 59 or ends_min > 59 or begins >= DAY_MINUTES or ends > DAY_MINUTES:  # noqa: PLR2004 - minutes
        raise wrong("bad-value", f"{describe(written)}: there is no such time", _HINT)
    if ends <= begins:
        first, second = f"{_clock(begins)}-24:00", f"00:00-{_clock(ends)}"
        hint = f'past midnight: write "{first}" and on the next day "{second}"' if ends else _HINT
        message = f"{describe(written)} ends before it begins"
        raise wrong("bad-value", message, hint)
    return Shift(begins, ends)


def common(ones: Iterable[Shift], others: Sequence[Shift]) -> tuple[Shift, ...]:
    """Return what two plans of one day have in common."""
    return tuple(
        Shift(max(a.begins_min, b.begins_min), min(a.ends_min, b.ends_min))
        for a in ones
        for b in others
        if max(a.begins_min, b.begins_min) < min(a.ends_min, b.ends_min)
    )


def _day(value: object) -> tuple[Shift, ...]:
    """Read the shifts of a day, in order."""
    if not isinstance(value, list | tuple):
        raise wrong("wrong-type", f"found {describe(value)}, allowed: a list of hours", _HINT)
    shifts = sorted(one if isinstance(one, Shift) else shift_of(one) for one in value)
    for one, following in pairwise(shifts):
        if following.begins_min < one.ends_min:
            raise wrong("bad-value", f"{one} and {following} overlap", "write each hour once")
    return tuple(shifts)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


Day = Annotated[tuple[Shift, ...], BeforeValidator(_day)]
"""The shifts of a day; none is a day off."""

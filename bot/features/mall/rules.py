"""Settings of the mall, and numbers that members type. Arithmetic only."""

import re
import unicodedata

from pydantic import BaseModel, ConfigDict, Field

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
_TEN = "十"
_SAID = re.compile(r"(?:第|编号|no\.?|#)?\s*(\d{1,9}|[零一二两三四五六七八九十]{1,3})\s*(?:号|个)?")


class MallSettings(BaseModel):
    """The section `[mall]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    confirm_minutes: int = Field(default=10, ge=1, le=1440)
    """For so long 确认兑换 means what was asked about last."""
    remind_hours: int = Field(default=3, ge=0, le=240)
    """Members are told so many hours before a reservation ends; 0 for not at all."""
    undo_minutes: int = Field(default=30, ge=0, le=1440)
    """For so long a hand-over can be undone."""
    clubs: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Groups that are for some only: the group's id, and for whom, in audience words."""


def number_said(argument: str) -> int | None:
    """Return the number that is meant by `2`, `２`, `二`, `第2号`; None for anything else."""
    found = _SAID.fullmatch(unicodedata.normalize("NFKC", argument).strip().casefold())
    if not found:
        return None
    word = found[1]
    if word.isdecimal():
        return int(word)
    tens, ten, ones = word.partition(_TEN)
    if not ten:
        return int("".join(str(_DIGITS[sign]) for sign in word))
    if _TEN in ones or len(tens) > 1 or len(ones) > 1:
        return None
    return _DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0)

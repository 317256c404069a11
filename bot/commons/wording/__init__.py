"""Wording (措辞): members' own words, as typed, likened, looked through."""

from bot.commons.wording.service import (
    Found,
    alike,
    flags_in,
    number_said,
    tidy,
    tight,
    typed_after,
    visible,
)

__all__ = ["Found", "alike", "flags_in", "number_said", "tidy", "tight", "typed_after", "visible"]

"""Wording (措辞): members' own words, as typed, and likened."""

from bot.commons.wording.script import simplified
from bot.commons.wording.service import alike, tidy, tight, typed_after, visible

__all__ = ["alike", "simplified", "tidy", "tight", "typed_after", "visible"]

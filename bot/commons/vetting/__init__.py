"""Vetting (预检): looks at what members send before others see it, words and pictures.

It never decides: it makes copies that hide nothing, and flags for the moderator.
"""

from bot.commons.vetting.flags import Flag, Found, flags_json
from bot.commons.vetting.photos import Looked, Unfit, look
from bot.commons.vetting.words import WordsTable, flags_in, kinds_in

__all__ = [
    "Flag",
    "Found",
    "Looked",
    "Unfit",
    "WordsTable",
    "flags_in",
    "flags_json",
    "kinds_in",
    "look",
]

"""Colleagues (同事): the same member of the company on several channels is one member here."""

from bot.features.colleagues.errands import errands
from bot.features.colleagues.listeners import listeners
from bot.features.colleagues.personal import personal
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature("colleagues", errands=errands, listeners=listeners, personal=personal)

"""Scenes (来源): QR codes that say where somebody came from, and greet her accordingly."""

from bot.features.scenes.console import pages
from bot.features.scenes.errands import errands
from bot.features.scenes.handlers import router
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature("scenes", router, errands=errands, pages=pages)

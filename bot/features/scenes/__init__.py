"""Scenes (来源): QR codes that say where somebody came from, and greet her accordingly."""

from bot.features.scenes.console import metrics, pages
from bot.features.scenes.errands import errands
from bot.features.scenes.handlers import router
from bot.features.scenes.models import Arrival, SceneCode
from bot.features.scenes.personal import personal
from bot.kernel.feature import Feature

__all__ = ["Arrival", "SceneCode", "feature"]

feature = Feature(
    "scenes", router, errands=errands, pages=pages, metrics=metrics, personal=personal
)

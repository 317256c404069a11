"""Photos (晒图): looks at pictures for a day, asks about those that are like earlier ones."""

from bot.features.photos.console import metrics, pages
from bot.features.photos.errands import errands
from bot.features.photos.handlers import router
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature("photos", router, errands=errands, pages=pages, metrics=metrics)

"""Arrivals (来路): by which links customers come, and the way from there into their group."""

from bot.features.arrivals.console import metrics, pages
from bot.features.arrivals.errands import errands
from bot.features.arrivals.handlers import router
from bot.features.arrivals.listeners import listeners
from bot.features.arrivals.personal import personal
from bot.features.arrivals.rules import ArrivalsSettings
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "arrivals",
    router,
    settings=ArrivalsSettings,
    listeners=listeners,
    errands=errands,
    pages=pages,
    metrics=metrics,
    personal=personal,
)

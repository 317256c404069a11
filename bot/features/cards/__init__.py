"""Cards (顾问卡片): an advisor hears of a case within seconds, and acts on it where she is."""

from bot.features.cards.api import calls
from bot.features.cards.handlers import router
from bot.features.cards.jobs import jobs, metrics
from bot.features.cards.listeners import listeners
from bot.features.cards.personal import personal
from bot.features.cards.rules import CardsSettings
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "cards",
    router,
    settings=CardsSettings,
    listeners=listeners,
    jobs=jobs,
    metrics=metrics,
    personal=personal,
    calls=calls,
)

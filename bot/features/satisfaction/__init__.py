"""Satisfaction (满意度): members rate what humans did for them; what they say is sorted."""

from bot.commons.ratings.sorting import FILE, VoiceWords
from bot.features.satisfaction.console import exports, metrics, pages
from bot.features.satisfaction.handlers import router
from bot.features.satisfaction.jobs import jobs
from bot.features.satisfaction.listeners import listeners
from bot.features.satisfaction.service import last_word
from bot.kernel.feature import Feature

__all__ = ["feature", "last_word"]

feature = Feature(
    "satisfaction",
    router,
    listeners=listeners,
    jobs=jobs,
    pages=pages,
    metrics=metrics,
    tables={FILE: VoiceWords},
    exports=exports,
)

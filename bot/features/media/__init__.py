"""Media (媒体): fetches what members send before their platform forgets it, and shows it."""

from bot.features.media.console import metrics, pages
from bot.features.media.errands import errands
from bot.features.media.jobs import jobs
from bot.features.media.listeners import listeners
from bot.features.media.rules import MediaSettings
from bot.kernel.feature import Feature

feature = Feature(
    "media",
    settings=MediaSettings,
    listeners=listeners,
    jobs=jobs,
    errands=errands,
    pages=pages,
    metrics=metrics,
)

"""Identity (会员身份): one person's names on the channels are one member."""

from bot.features.identity.console import metrics, pages
from bot.features.identity.errands import errands
from bot.features.identity.handlers import router
from bot.features.identity.jobs import jobs
from bot.features.identity.listeners import listeners
from bot.features.identity.personal import personal
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "identity",
    router,
    listeners=listeners,
    jobs=jobs,
    errands=errands,
    pages=pages,
    metrics=metrics,
    personal=personal,
)

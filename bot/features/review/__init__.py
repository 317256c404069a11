"""Review (复核): a person reads what the detector was not sure of, and a sample of the rest."""

from bot.features.review.console import exports, metrics, pages
from bot.features.review.handlers import router
from bot.features.review.jobs import jobs
from bot.features.review.listeners import listeners
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "review",
    router,
    listeners=listeners,
    jobs=jobs,
    pages=pages,
    metrics=metrics,
    exports=exports,
)

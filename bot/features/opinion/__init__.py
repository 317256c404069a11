"""Second opinions (第二意见): a language model is asked where the detector is not sure."""

from bot.features.opinion.console import metrics, pages
from bot.features.opinion.errands import errands
from bot.features.opinion.jobs import jobs
from bot.features.opinion.listeners import listeners
from bot.features.opinion.personal import personal
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "opinion",
    listeners=listeners,
    jobs=jobs,
    errands=errands,
    pages=pages,
    metrics=metrics,
    personal=personal,
)

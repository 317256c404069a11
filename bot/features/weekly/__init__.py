"""Weekly (周报): the numbers of a week, each with its n and what it was counted from."""

from bot.features.weekly.console import exports, pages
from bot.features.weekly.jobs import jobs
from bot.features.weekly.listeners import listeners
from bot.features.weekly.personal import personal
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "weekly",
    listeners=listeners,
    jobs=jobs,
    pages=pages,
    personal=personal,
    exports=exports,
)

"""Salons (沙龙、活动): planned from files, signed up for, and a line when they are full."""

from bot.features.salons.console import metrics, pages
from bot.features.salons.errands import errands
from bot.features.salons.handlers import router
from bot.features.salons.jobs import jobs
from bot.features.salons.mine import member_pages
from bot.features.salons.personal import personal
from bot.features.salons.rules import SalonSettings
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "salons",
    router,
    settings=SalonSettings,
    jobs=jobs,
    errands=errands,
    pages=pages,
    member_pages=member_pages,
    metrics=metrics,
    personal=personal,
)

"""Make-ups (补签) and amnesties (补发): days that got their check-in later."""

from bot.features.makeups.console import metrics, pages
from bot.features.makeups.days import days_of
from bot.features.makeups.handlers import router
from bot.features.makeups.jobs import jobs
from bot.features.makeups.mine import member_pages
from bot.features.makeups.personal import personal
from bot.kernel.feature import Feature

__all__ = ["days_of", "feature"]

feature = Feature(
    "makeups",
    router,
    jobs=jobs,
    pages=pages,
    member_pages=member_pages,
    metrics=metrics,
    personal=personal,
    reasons={"makeup": "补签"},
)

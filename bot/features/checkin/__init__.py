"""Check-ins (打卡): daily presence, streaks and their points."""

from bot.features.checkin.console import metrics, pages
from bot.features.checkin.handlers import router
from bot.features.checkin.jobs import jobs
from bot.features.checkin.mine import member_pages
from bot.features.checkin.personal import personal
from bot.features.checkin.rules import CheckinSettings
from bot.features.checkin.service import days_of
from bot.kernel.feature import Feature

__all__ = [
    "days_of",
    "feature",
]

feature = Feature(
    "checkin",
    router,
    settings=CheckinSettings,
    jobs=jobs,
    pages=pages,
    member_pages=member_pages,
    metrics=metrics,
    personal=personal,
    reasons={"checkin": "打卡", "makeup": "补签"},
)

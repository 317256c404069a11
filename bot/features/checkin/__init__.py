"""Check-ins (打卡): daily presence, streaks and their points."""

from bot.commons.checkins import CheckinSettings
from bot.features.checkin.console import metrics, pages
from bot.features.checkin.handlers import router
from bot.features.checkin.jobs import jobs
from bot.features.checkin.mine import member_pages
from bot.features.checkin.personal import personal
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "checkin",
    router,
    settings=CheckinSettings,
    jobs=jobs,
    pages=pages,
    member_pages=member_pages,
    metrics=metrics,
    personal=personal,
    reasons={"checkin": "打卡"},
)

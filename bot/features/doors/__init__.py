"""Doors (签到): who comes to a salon, ticked on an advisor's phone, and how it was."""

from bot.features.doors.console import metrics, pages
from bot.features.doors.handlers import router
from bot.features.doors.jobs import jobs
from bot.features.doors.mine import member_pages
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "doors", router, jobs=jobs, pages=pages, member_pages=member_pages, metrics=metrics
)

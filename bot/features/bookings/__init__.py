"""Bookings (预约): a member and an advisor at a time; no advisor is in two places."""

from bot.features.bookings.console import metrics, pages
from bot.features.bookings.handlers import router
from bot.features.bookings.jobs import jobs
from bot.features.bookings.listeners import listeners
from bot.features.bookings.matter import ServiceMatter
from bot.features.bookings.mine import member_pages
from bot.features.bookings.personal import personal
from bot.features.bookings.rules import BookingSettings
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "bookings",
    router,
    settings=BookingSettings,
    listeners=listeners,
    jobs=jobs,
    pages=pages,
    member_pages=member_pages,
    metrics=metrics,
    personal=personal,
    content={"services": ServiceMatter},
)

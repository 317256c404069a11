"""Badges (勋章): rules as data, granted once, with the deeds that show why."""

from bot.features.badges.console import exports, metrics, pages
from bot.features.badges.handlers import router
from bot.features.badges.jobs import jobs
from bot.features.badges.listeners import listeners
from bot.features.badges.matter import Badges
from bot.features.badges.mine import member_pages
from bot.features.badges.personal import personal
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "badges",
    router,
    listeners=listeners,
    jobs=jobs,
    pages=pages,
    member_pages=member_pages,
    metrics=metrics,
    personal=personal,
    tables={"badges.toml": Badges},
    exports=exports,
)

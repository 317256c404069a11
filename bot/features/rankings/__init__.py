"""Leaderboards (排行榜) of check-ins, and what groups are told at night; nobody is shamed."""

from bot.features.rankings.console import metrics, pages
from bot.features.rankings.handlers import router
from bot.features.rankings.jobs import jobs
from bot.features.rankings.listeners import listeners
from bot.features.rankings.mine import member_pages
from bot.features.rankings.personal import personal
from bot.features.rankings.rules import RankingSettings
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "rankings",
    router,
    settings=RankingSettings,
    listeners=listeners,
    jobs=jobs,
    pages=pages,
    member_pages=member_pages,
    metrics=metrics,
    personal=personal,
)

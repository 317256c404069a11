"""Votes (投票): members choose what the shop does, one ballot each, by terms said beforehand."""

from bot.features.polls.console import metrics, pages
from bot.features.polls.handlers import router
from bot.features.polls.jobs import jobs
from bot.features.polls.mine import member_pages
from bot.features.polls.personal import personal
from bot.features.polls.rules import PollSettings
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "polls",
    router,
    settings=PollSettings,
    jobs=jobs,
    pages=pages,
    member_pages=member_pages,
    metrics=metrics,
    personal=personal,
    reasons={"poll": "投票"},
)

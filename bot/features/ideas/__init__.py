"""Ideas (建议): members propose and support, operators answer in time and reward good ones."""

from bot.features.ideas.console import metrics, pages
from bot.features.ideas.handlers import router
from bot.features.ideas.jobs import jobs
from bot.features.ideas.mine import member_pages
from bot.features.ideas.personal import personal
from bot.features.ideas.rewards import REASON
from bot.features.ideas.rules import IdeaSettings
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "ideas",
    router,
    settings=IdeaSettings,
    jobs=jobs,
    pages=pages,
    member_pages=member_pages,
    metrics=metrics,
    personal=personal,
    reasons={REASON: "建议被采纳"},
)

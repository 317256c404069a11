"""Challenges (挑战): check in on so many days of a span, by terms said beforehand, for a reward."""

from bot.features.challenges.console import metrics, pages
from bot.features.challenges.handlers import router
from bot.features.challenges.jobs import jobs
from bot.features.challenges.listeners import listeners
from bot.features.challenges.matter import ChallengeMatter
from bot.features.challenges.mine import member_pages
from bot.features.challenges.personal import personal
from bot.features.challenges.rules import ChallengeSettings
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "challenges",
    router,
    settings=ChallengeSettings,
    listeners=listeners,
    jobs=jobs,
    pages=pages,
    member_pages=member_pages,
    metrics=metrics,
    personal=personal,
    content={"challenges": ChallengeMatter},
    reasons={"challenge": "挑战奖励"},
)

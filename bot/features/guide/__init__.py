"""The guide (导购): at most three questions, at most three things; stock from the feed alone."""

from bot.features.guide.handlers import router
from bot.features.guide.personal import personal
from bot.features.guide.rules import GuideSettings
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature("guide", router, settings=GuideSettings, personal=personal)

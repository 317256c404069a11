"""Feedback (评价): what members think of the bot's answers, for operators to read."""

from bot.features.feedback.console import metrics, pages
from bot.features.feedback.handlers import router
from bot.features.feedback.personal import personal
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature("feedback", router, pages=pages, metrics=metrics, personal=personal)

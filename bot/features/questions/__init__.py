"""Questions (提问): members ask, experts answer, the best answers are published without names."""

from bot.features.questions.console import metrics, pages
from bot.features.questions.handlers import router
from bot.features.questions.jobs import jobs
from bot.features.questions.mine import member_pages
from bot.features.questions.personal import personal
from bot.features.questions.rules import QuestionSettings
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "questions",
    router,
    settings=QuestionSettings,
    jobs=jobs,
    pages=pages,
    member_pages=member_pages,
    metrics=metrics,
    personal=personal,
)

"""Surveys (问卷): a chosen segment is asked, once, and operators see counts with their n."""

from bot.features.surveys.console import metrics, pages
from bot.features.surveys.handlers import router
from bot.features.surveys.jobs import jobs
from bot.features.surveys.matter import SurveyMatter
from bot.features.surveys.mine import member_pages
from bot.features.surveys.personal import personal
from bot.features.surveys.rules import SurveySettings
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "surveys",
    router,
    settings=SurveySettings,
    jobs=jobs,
    pages=pages,
    member_pages=member_pages,
    metrics=metrics,
    personal=personal,
    content={"surveys": SurveyMatter},
)

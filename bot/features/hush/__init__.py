"""安静 and 退订: what a member does not want to hear; and who could not be reached."""

from bot.features.hush.console import metrics, pages
from bot.features.hush.handlers import router
from bot.features.hush.jobs import jobs
from bot.kernel.feature import Feature

feature = Feature("hush", router, pages=pages, jobs=jobs, metrics=metrics)

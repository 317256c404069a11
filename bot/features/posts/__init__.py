"""Posts (推送): content files and schedules become messages to groups, each once.

There is no personal data here: every row is about a schedule and a group.
"""

from bot.features.posts.console import metrics, pages
from bot.features.posts.jobs import jobs
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature("posts", jobs=jobs, pages=pages, metrics=metrics)

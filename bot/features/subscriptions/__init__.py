"""Subscriptions (订阅通知): notes by template, to whom agreed to them and still follows."""

from bot.features.subscriptions.box import Box
from bot.features.subscriptions.console import metrics, pages
from bot.features.subscriptions.errands import errands
from bot.features.subscriptions.handlers import router
from bot.features.subscriptions.jobs import jobs
from bot.features.subscriptions.mine import member_pages
from bot.features.subscriptions.personal import personal
from bot.features.subscriptions.rules import SubscriptionSettings
from bot.kernel.feature import Feature

__all__ = ["Box", "feature"]

feature = Feature(
    "subscriptions",
    router,
    settings=SubscriptionSettings,
    jobs=jobs,
    errands=errands,
    pages=pages,
    member_pages=member_pages,
    metrics=metrics,
    personal=personal,
)

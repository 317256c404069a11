"""Handoff (人工接待): who has a conversation, and how it gets to a human and back."""

from bot.commons.detection import OwnRules
from bot.features.handoff.console import metrics, pages
from bot.features.handoff.errands import errands
from bot.features.handoff.handlers import router
from bot.features.handoff.jobs import jobs
from bot.features.handoff.listeners import listeners
from bot.features.handoff.personal import personal
from bot.features.handoff.rules import HandoffSettings
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "handoff",
    router,
    settings=HandoffSettings,
    listeners=listeners,
    jobs=jobs,
    errands=errands,
    pages=pages,
    metrics=metrics,
    personal=personal,
    tables={"detection.toml": OwnRules},
)

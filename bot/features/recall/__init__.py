"""Recall (召回): who stays away gets what she sets store by: a coupon, a sample, a call."""

from bot.features.recall.console import metrics, pages
from bot.features.recall.jobs import jobs
from bot.features.recall.matter import FILE, Offers
from bot.features.recall.personal import personal
from bot.features.recall.rules import RecallSettings
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "recall",
    settings=RecallSettings,
    jobs=jobs,
    pages=pages,
    metrics=metrics,
    personal=personal,
    tables={FILE: Offers},
)

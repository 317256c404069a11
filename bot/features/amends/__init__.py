"""Amends (补偿): an advisor makes up for something within limits, a supervisor beyond them."""

from bot.commons.amends import FILE, Offers
from bot.features.amends.jobs import jobs
from bot.features.amends.listeners import listeners
from bot.features.amends.pages import desk, metrics
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "amends",
    listeners=listeners,
    jobs=jobs,
    desk=desk,
    metrics=metrics,
    tables={FILE: Offers},
    reasons={"amends": "补偿"},
)

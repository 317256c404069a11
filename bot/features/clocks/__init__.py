"""Clocks (时限): starts and stops what runs for a case, warns, climbs the ladder."""

from bot.features.clocks.handlers import router
from bot.features.clocks.jobs import jobs
from bot.features.clocks.listeners import listeners
from bot.features.clocks.metrics import metrics
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature("clocks", router, listeners=listeners, jobs=jobs, metrics=metrics)

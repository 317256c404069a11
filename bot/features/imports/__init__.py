"""Imports (导入) in the console: a table is looked at, shown, confirmed, taken in, and undone."""

from bot.features.imports.console import metrics, pages
from bot.features.imports.jobs import jobs
from bot.features.imports.listeners import listeners
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature("imports", listeners=listeners, jobs=jobs, pages=pages, metrics=metrics)

"""Imports (导入) in the console: a table is looked at, shown, confirmed, taken in, and undone."""

from bot.features.imports.console import metrics, pages
from bot.features.imports.jobs import jobs
from bot.features.imports.models import ImportBefore, ImportBite, ImportRow
from bot.kernel.feature import Feature

__all__ = ["ImportBefore", "ImportBite", "ImportRow", "feature"]

feature = Feature("imports", jobs=jobs, pages=pages, metrics=metrics)

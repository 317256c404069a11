"""Roster (值班): a week of shifts, absences, who is on duty now."""

from bot.commons.duty import FILE, Roster
from bot.features.roster.console import metrics, pages
from bot.features.roster.jobs import jobs
from bot.features.roster.listeners import listeners
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "roster", listeners=listeners, jobs=jobs, pages=pages, metrics=metrics, tables={FILE: Roster}
)

"""Invitations (邀请): what people of salons are told, from the first letter to a change of plan."""

from bot.features.invitations.console import metrics, pages
from bot.features.invitations.handlers import router
from bot.features.invitations.jobs import jobs
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature("invitations", router, jobs=jobs, pages=pages, metrics=metrics)

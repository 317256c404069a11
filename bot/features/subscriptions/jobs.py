"""Lets no note wait for a time that comes late, because the clock was set back."""

from bot.features.subscriptions import service
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork


def _catch_up(uow: UnitOfWork, _tools: Toolbox) -> None:
    service.catch_up(uow)


jobs = (Job("subscriptions.catch_up", _catch_up, every_s=60),)

"""Forgets codes that nobody used."""

from bot.features.identity import service
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork


def _tidy(uow: UnitOfWork, _tools: Toolbox) -> None:
    service.forget_old(uow)


jobs = (Job("identity.tidy", _tidy, every_s=3600),)

"""Erases members whose grace period is over."""

from datetime import datetime

from bot.commons import members
from bot.features.privacy import service
from bot.kernel.feature import Job
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import Toolbox, UnitOfWork


def _run(uow: UnitOfWork, tools: Toolbox) -> None:
    service.erase_due(uow, tools.use(PersonalRegistry))


def _next_due(uow: UnitOfWork, _tools: Toolbox, _after: datetime) -> datetime | None:
    return members.next_erasure(uow)


jobs = (Job("privacy.erasure", _run, every_s=60, next_due=_next_due),)

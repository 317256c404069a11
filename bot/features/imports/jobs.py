"""The clock's doors: the next bite, and what nobody needs any more."""

from bot.features.imports import service
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork


def _forget(uow: UnitOfWork, _tools: Toolbox) -> None:
    service.forget(uow)


jobs = (
    Job("imports.bites", service.go_on, every_s=2),
    Job("imports.forget", _forget, every_s=3600),
)

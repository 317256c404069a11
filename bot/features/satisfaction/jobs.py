"""What the clock starts: those whose case has ended are asked."""

from datetime import datetime

from bot.commons import ratings
from bot.features.satisfaction import service
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork


def _lapse(uow: UnitOfWork, _tools: Toolbox) -> None:
    ratings.lapse(uow)


def _next(uow: UnitOfWork, _tools: Toolbox, after: datetime) -> datetime | None:
    return ratings.next_due(uow, after)


jobs = (
    Job("satisfaction.ask", service.ask_due, every_s=15, next_due=_next, sends=True),
    Job("satisfaction.lapse", _lapse, every_s=300),
)

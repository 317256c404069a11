"""What the clock starts: whose case has ended is asked; what was said outside is looked at."""

from datetime import datetime

from bot.commons import ratings
from bot.features.satisfaction import service
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork


def _tell_of_comments(uow: UnitOfWork, tools: Toolbox) -> None:
    service.tell_of_comments(uow, tools)


def _lapse(uow: UnitOfWork, _tools: Toolbox) -> None:
    ratings.lapse(uow)


def _next(uow: UnitOfWork, _tools: Toolbox, after: datetime) -> datetime | None:
    return ratings.next_due(uow, after)


jobs = (
    Job("satisfaction.ask", service.ask_due, every_s=15, next_due=_next, sends=True),
    Job("satisfaction.comments", _tell_of_comments, every_s=30),
    Job("satisfaction.lapse", _lapse, every_s=300),
)

"""What the clock does: what no supervisor has looked at in time expires."""

from datetime import datetime

from bot.commons import amends
from bot.commons.content import look
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork


def _expire(uow: UnitOfWork, tools: Toolbox) -> bool:
    return amends.expire(uow, tools)


def _next_due(uow: UnitOfWork, _tools: Toolbox, after: datetime) -> datetime | None:
    return amends.next_expiry(uow, after)


jobs = (Job("amends.expire", _expire, every_s=60, before=look, next_due=_next_due),)

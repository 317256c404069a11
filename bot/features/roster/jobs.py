"""Notices who comes on duty and goes off, so that others need not ask."""

from bot.commons import duty
from bot.commons.content import look
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork


def _refresh(uow: UnitOfWork, tools: Toolbox) -> None:
    duty.refresh(uow, tools)


jobs = (Job("roster.watch", _refresh, every_s=30, before=look, next_due=duty.next_change),)

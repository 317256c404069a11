"""Notices who comes on duty and goes off, so that others need not ask."""

from bot.commons import duty
from bot.commons.content import look
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork


def _look(uow: UnitOfWork, tools: Toolbox) -> None:
    """Read the file, and the public calendar: the first time that takes a fifth of a second."""
    look(uow, tools)
    duty.next_change(uow, tools, uow.clock.now())


def _refresh(uow: UnitOfWork, tools: Toolbox) -> None:
    duty.refresh(uow, tools)


def _forget(uow: UnitOfWork, _tools: Toolbox) -> None:
    duty.forget_absences(uow)


jobs = (
    Job("roster.watch", _refresh, every_s=30, before=_look, next_due=duty.next_change),
    Job("roster.forget", _forget, every_s=86400),
)

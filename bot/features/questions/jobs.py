"""What the clock does: remind of questions that wait, forget what nobody has confirmed."""

from datetime import datetime

from bot.features.questions import experts, service
from bot.kernel.feature import Job
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, micros

_NEXT = Statement(
    "SELECT MIN(remind_at) FROM questions WHERE state = 'waiting' AND remind_at > :after"
)


def _tidy(uow: UnitOfWork, _tools: Toolbox) -> None:
    service.forget_drafts(uow)


def _next(uow: UnitOfWork, _tools: Toolbox, after: datetime) -> datetime | None:
    at = uow.run(_NEXT, after=micros(after))[0][0]
    return None if at is None else instant(at)


jobs = (
    Job("questions.remind", experts.remind, every_s=60, next_due=_next),
    Job("questions.drafts", _tidy, every_s=3600),
)

"""Deletes what is old."""

from bot.commons import answers
from bot.features.faq import service
from bot.features.faq.rules import FaqSettings
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork

_TIDY_S = 3600.0


def _tidy(uow: UnitOfWork, tools: Toolbox) -> None:
    service.forget_old(uow, tools.use(FaqSettings).keep_days)
    answers.forget_old(uow)


jobs = (Job("faq.tidy", _tidy, every_s=_TIDY_S),)

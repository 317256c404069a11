"""What the clock does: old letters are forgotten."""

from datetime import timedelta

from bot.commons import outreach
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork

_KEPT = timedelta(days=90)


def _tidy(uow: UnitOfWork, _tools: Toolbox) -> None:
    outreach.forget_old(uow, older_than=_KEPT)


jobs = (Job("hush.tidy", _tidy, every_s=3600),)

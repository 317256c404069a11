"""Housekeeping: pictures older than `keep_days` are forgotten; their files leave after them."""

from bot.commons import pictures
from bot.features.pictures.rules import PictureSettings
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork

_AT_ONCE = 500


def _forget(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Forget a bite; True when there may be more."""
    days = tools.use(PictureSettings).keep_days
    return pictures.forget_old(uow, days=days, most=_AT_ONCE) == _AT_ONCE


jobs = (Job("pictures.forget", _forget, every_s=3600),)

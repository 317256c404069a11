"""Housekeeping: what is older than `keep_days` is forgotten; the errand then removes the files."""

from bot.commons import media
from bot.features.media.rules import SWEEP, MediaSettings
from bot.kernel.abilities import Errands
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork

_AT_ONCE = 500


def _forget(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Forget a bite; True when there may be more."""
    media.forget_ids(uow)
    days = tools.use(MediaSettings).keep_days
    forgotten = media.forget_refs(uow, after_days=days, most=_AT_ONCE)
    forgotten = max(forgotten, media.forget_holds(uow, most=_AT_ONCE))
    if forgotten:
        tools.use(Errands).soon(uow, SWEEP)
    return forgotten == _AT_ONCE


jobs = (Job("media.forget", _forget, every_s=3600),)

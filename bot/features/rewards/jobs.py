"""When the clock judges what happened while the file had a mistake."""

from bot.commons.content import look
from bot.features.rewards import service
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork

_BITE = 50


def _catch_up(uow: UnitOfWork, tools: Toolbox) -> bool:
    return service.catch_up(uow, tools, most=_BITE)


jobs = (Job("rewards.catch-up", _catch_up, every_s=10, before=look),)

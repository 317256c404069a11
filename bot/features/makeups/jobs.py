"""Gives what operators grant, and takes it back."""

from bot.commons.checkins import CheckinSettings
from bot.features.makeups import amnesty
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork


def _amnesty(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Give one bite of the days that an operator grants, or take it back."""
    return amnesty.go_on(uow, tools.use(CheckinSettings))


jobs = (Job("makeups.amnesty", _amnesty, every_s=5),)

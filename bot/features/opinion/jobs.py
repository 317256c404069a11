"""What the clock starts: nothing that a member wrote stays here for longer than it is of use."""

from bot.features.opinion import service
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork


def tidy(uow: UnitOfWork, tools: Toolbox) -> None:
    """End what nobody will be asked any more, and forget what is old."""
    service.tidy(uow, tools)


jobs = (Job("opinion.tidy", tidy, every_s=600),)

"""When the clock does what `rounds` knows."""

from bot.commons.content import Shelf
from bot.features.badges import rounds
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork


def _look(uow: UnitOfWork, tools: Toolbox) -> None:
    """Go to the disk for what the job then has at hand."""
    tools.use(Shelf).look(uow.clock.now())


jobs = (
    Job("badges.backfill", rounds.backfill, every_s=30, before=_look),
    Job("badges.tell", rounds.tell, every_s=300),
)

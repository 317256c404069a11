"""For which day a check-in counts, by the settings of the community."""

from datetime import date, datetime

from bot.commons.checkins.rules import CheckinSettings, day_of
from bot.kernel.community import Community
from bot.kernel.work import Toolbox, UnitOfWork


def day_at(tools: Toolbox, at: datetime) -> date:
    """Return the day for which a message counts that was sent at `at`."""
    return day_of(at, tools.use(Community).zone, tools.use(CheckinSettings).grace_minutes)


def today(uow: UnitOfWork, tools: Toolbox) -> date:
    """Return the day for which a check-in counts now."""
    return day_at(tools, uow.clock.now())

"""What the clock starts: once a week is over, chats of it are drawn."""

from bot.commons.verdicts import sampling
from bot.features.review.rules import week_before
from bot.kernel.community import Community
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork


def draw(uow: UnitOfWork, tools: Toolbox) -> None:
    """Draw the sample of the last week, unless it was drawn."""
    community = tools.use(Community)
    week = week_before(community.day_of(uow.clock.now()))
    if week not in sampling.weeks(uow, most=1):
        sampling.draw_week(uow, community, week)


jobs = (Job("review.draw", draw, every_s=900),)

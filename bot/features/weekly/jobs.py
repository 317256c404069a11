"""What the clock starts: on Monday at nine the numbers of the last week are made."""

from datetime import datetime, timedelta

from bot.features.weekly import service
from bot.kernel.community import Community
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork


def _next(_uow: UnitOfWork, tools: Toolbox, after: datetime) -> datetime | None:
    community = tools.use(Community)
    made = service.due_week(community, after)
    return service.due_at(community, made + timedelta(days=7))


jobs = (Job("weekly.make", service.make_due, every_s=300, next_due=_next),)

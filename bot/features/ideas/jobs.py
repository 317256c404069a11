"""What the clock does: once a day operators are told which promised answers are late."""

from datetime import datetime, timedelta

from bot.commons.notices import Notices
from bot.features.ideas import reads
from bot.kernel.community import Community
from bot.kernel.feature import Job
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork

_FROM_HOUR = 9


def _overdue(uow: UnitOfWork, tools: Toolbox) -> None:
    here = uow.clock.now().astimezone(tools.use(Community).zone)
    count, first = reads.overdue(uow)
    if not count or first is None or here.hour < _FROM_HOUR:
        return
    days = max(0, (uow.clock.now() - first).days)
    text = tools.use(Words)("ideas/notice.txt.j2", what="overdue", count=count, days=days)
    tools.use(Notices).tell(uow, key=f"ideas.overdue:{here.date()}", text=text)


def _next_overdue(uow: UnitOfWork, tools: Toolbox, after: datetime) -> datetime | None:
    if not reads.waiting(uow, most=1):
        return None
    here = after.astimezone(tools.use(Community).zone)
    nine = here.replace(hour=_FROM_HOUR, minute=0, second=0, microsecond=0)
    return nine if nine > here else nine + timedelta(days=1)


jobs = (Job("ideas.overdue", _overdue, every_s=300, next_due=_next_overdue),)

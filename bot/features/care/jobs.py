"""What the clock starts: nobody waits unseen, and no conversation stays with nobody."""

from contextlib import suppress
from datetime import timedelta

from bot.commons import cases, reception
from bot.commons.learning import in_use
from bot.features.care.rules import CareSettings
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork


def sweep(uow: UnitOfWork, tools: Toolbox) -> None:
    """Ask advisors for cases that nobody was asked for: somebody may be on duty now."""
    reception.assign_waiting(uow, tools)


def hand_back(uow: UnitOfWork, tools: Toolbox) -> None:
    """Return conversations by rule: a member who is silent, a case that is over."""
    settings, now = tools.use(CareSettings), uow.clock.now()
    idle, over = timedelta(hours=settings.idle_hours), timedelta(days=settings.close_days)
    for case in cases.with_humans(uow):
        if case.state is cases.State.WAITING and case.spoke_at and now - case.spoke_at >= idle:
            with suppress(cases.NoCase), uow.attempt():
                cases.resolve(uow, case.id, who="bot", code=cases.Ending.SILENT)
    for case in cases.resolved(uow):
        if case.ended_at and now - case.ended_at >= over:
            with suppress(cases.NoCase), uow.attempt():
                cases.close(uow, case.id, who="bot", code=cases.Ending(case.code))


jobs = (
    Job("care.sweep", sweep, every_s=15, before=in_use.refresh),
    Job("care.hand_back", hand_back, every_s=60),
)

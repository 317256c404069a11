"""Nudges: an advisor hears how little time is left for a case, a supervisor that it is over."""

from bot.commons import cases, reception, staff
from bot.features.cards import making, presence, service
from bot.features.cards.rules import rings_always, short_name
from bot.kernel.community import Community
from bot.kernel.events import CaseEscalated, ClockWarned
from bot.kernel.work import Toolbox, UnitOfWork


def warned(uow: UnitOfWork, event: ClockWarned, tools: Toolbox) -> None:
    """Warn whoever has a case, or was asked, if she was not rung too often today."""
    case = cases.get(uow, event.case)
    if case is None or not event.advisor:
        return
    if rings_always(case) or not service.has_had_enough(uow, tools, event.advisor):
        _nudge(uow, tools, case, event, to=event.advisor, percent=event.percent)


def escalated(uow: UnitOfWork, event: CaseEscalated, tools: Toolbox) -> None:
    """Tell whoever is next on the ladder; who was given the case gets its card anyway."""
    case = cases.get(uow, event.case)
    if case is not None and event.to and not event.is_asked:
        _nudge(uow, tools, case, event, to=event.to)


def _nudge(
    uow: UnitOfWork,
    tools: Toolbox,
    case: cases.Case,
    event: ClockWarned | CaseEscalated,
    *,
    to: str,
    percent: int = 0,
) -> None:
    advisor, now = to.lower(), uow.clock.now()
    if not rings_always(case) and advisor not in presence.at_work(uow, tools):
        return
    is_hers = case.advisor == advisor
    facts = {
        "timer": event.timer,
        "percent": percent,
        "due": reception.when(event.due_at, now, tools.use(Community)),
        "is_late": event.due_at <= now,
        "holder": "" if is_hers else short_name(staff.name_of(uow, tools, case.advisor)),
    }
    card = making.nudge_card(uow, tools, case, facts)
    service.nudge(uow, tools, case, card, advisor=advisor, what=f"{event.timer}:{percent}")

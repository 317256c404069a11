"""What rules want: seen to again after amends, after much that was not bought, after a bad mark."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.commons import cases, staff
from bot.commons.cases import Ending
from bot.features.followups import service
from bot.features.followups.rules import FollowupSettings, Kind, Why
from bot.features.followups.service import NewTask
from bot.kernel.events import AdvisorRenamed, CaseEnded, Event, OrderPaid, TaskWanted
from bot.kernel.feature import Listener
from bot.kernel.work import Toolbox, UnitOfWork

_NOTHING_TO_SELL = frozenset(
    {Ending.SOLD, Ending.NOT_OURS, Ending.FALSE_ALARM, Ending.ERASED, Ending.UNREACHABLE}
)


def wanted(uow: UnitOfWork, event: TaskWanted, tools: Toolbox) -> None:
    """Write down what another room wants."""
    new = NewTask(
        event.key,
        event.member,
        Kind(event.kind),
        event.due_at,
        what=event.what,
        why=event.why,
        case=event.case,
        advisor=event.advisor,
    )
    service.make(uow, tools, new, who="bot")


def ended(uow: UnitOfWork, event: CaseEnded, tools: Toolbox) -> None:
    """See to her again whose case ended with amends, or who asked for much and has not bought."""
    case, settings = cases.get(uow, event.case), tools.use(FollowupSettings)
    if case is None:
        return
    if event.code == Ending.COMPENSATED:
        why, days = Why.COMPENSATED, settings.compensated_days
    elif case.kind is cases.Kind.VALUE and event.code not in _NOTHING_TO_SELL:
        why, days = Why.NOT_BOUGHT, settings.not_bought_days
    else:
        return
    if days:
        new = NewTask(
            f"{why}:{case.id}:{case.times_opened}",
            case.member,
            Kind.CALL,
            uow.clock.now() + timedelta(days=days),
            why=why,
            case=case.id,
            advisor=service.who_cares(uow, case.id),
        )
        service.make(uow, tools, new, who="bot")


def paid(uow: UnitOfWork, event: OrderPaid, _tools: Toolbox) -> None:
    """Drop what was to be done because she had not bought, or had stayed away: she has bought."""
    service.bought(uow, event.member, event.paid_at)


listeners: Mapping[type[Event], Sequence[Listener]] = {
    TaskWanted: [wanted],
    CaseEnded: [ended],
    OrderPaid: [paid],
    AdvisorRenamed: [
        staff.following("followups.advisor", "followups.made_by", "followups.ended_by"),
        staff.following("followup_steps.who"),
    ],
}

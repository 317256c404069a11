"""What this room does when something happens to a case, or to those who are asked."""

from collections.abc import Mapping, Sequence

from bot.commons import cases, staff
from bot.commons.clocks import book
from bot.commons.clocks.rules import Stop, Timer
from bot.features.clocks import ringing, service, sweep
from bot.kernel.events import (
    AdvisorDutyChanged,
    AdvisorRenamed,
    CaseAnswered,
    CaseAssigned,
    CaseEnded,
    CaseHeard,
    CaseJoined,
    CaseOpened,
    CasePromised,
    Event,
)
from bot.kernel.feature import Listener
from bot.kernel.work import Toolbox, UnitOfWork


def opened(uow: UnitOfWork, event: CaseOpened, tools: Toolbox) -> None:
    """Start the clocks of a case; one that is opened again has new ones."""
    case = cases.get(uow, event.case)
    if case is None or not case.state.is_with_humans:
        return
    if event.again:
        stale = [one for one in book.running_of(uow, case.id) if one.timer is not Timer.PROMISE]
        service.stop(uow, tools, stale, uow.clock.now(), Stop.ENDED)
    level = service.start_all(uow, tools, case)
    ringing.alarm(uow, tools, case, level)


def joined(uow: UnitOfWork, event: CaseJoined, tools: Toolbox) -> None:
    """Bring the clocks of a case forward that has become graver."""
    case = cases.get(uow, event.case)
    if case is not None and case.state.is_with_humans:
        ringing.alarm(uow, tools, case, service.tighten(uow, tools, case))


def assigned(uow: UnitOfWork, event: CaseAssigned, _tools: Toolbox) -> None:
    """Remember who was asked: the next time it is somebody else's turn."""
    case = cases.get(uow, event.case)
    if case is not None and event.advisor:
        book.ask(uow, case, event.advisor)


def answered(uow: UnitOfWork, event: CaseAnswered, tools: Toolbox) -> None:
    """Stop what waits for a human's word."""
    if (case := cases.get(uow, event.case)) is not None:
        service.answered(uow, tools, case, event.at)


def heard(uow: UnitOfWork, event: CaseHeard, tools: Toolbox) -> None:
    """It is our turn again."""
    if (case := cases.get(uow, event.case)) is not None:
        service.heard(uow, tools, case, event.at)


def promised(uow: UnitOfWork, event: CasePromised, tools: Toolbox) -> None:
    """Watch over a promise."""
    case = cases.get(uow, event.case)
    for promise in cases.promises_of(uow, event.case):
        if case is not None and promise.id == event.promise and promise.ended_at is None:
            service.promised(uow, tools, case, promise)


def ended(uow: UnitOfWork, event: CaseEnded, tools: Toolbox) -> None:
    """Stop all clocks."""
    service.end(uow, tools, event.case)


def duty_changed(uow: UnitOfWork, event: AdvisorDutyChanged, tools: Toolbox) -> None:
    """Give to others what an advisor can't go on with who went off duty."""
    if not event.is_on:
        sweep.relieve(uow, tools, only=event.advisor)


listeners: Mapping[type[Event], Sequence[Listener]] = {
    CaseOpened: [opened],
    CaseJoined: [joined],
    CaseAssigned: [assigned],
    CaseAnswered: [answered],
    CaseHeard: [heard],
    CasePromised: [promised],
    CaseEnded: [ended],
    AdvisorDutyChanged: [duty_changed],
    AdvisorRenamed: [
        staff.following("case_ladder.told"),
        staff.following_once("case_asked", "advisor", "case_id", "times_opened"),
    ],
}

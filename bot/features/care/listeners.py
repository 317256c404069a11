"""What this room does when a case is taken, when it ends, and when humans come and go."""

from collections.abc import Mapping, Sequence

from bot.commons import cases, members, reception, staff
from bot.commons.reception import Owner
from bot.kernel.events import (
    AdvisorRenamed,
    CaseAccepted,
    CaseAnswered,
    CaseAssigned,
    CaseEnded,
    Event,
    HumanCame,
    HumanLeft,
    MemberErased,
)
from bot.kernel.feature import Listener
from bot.kernel.work import Toolbox, UnitOfWork


def accepted(uow: UnitOfWork, event: CaseAccepted, tools: Toolbox) -> None:
    """Let the advisor have the conversation in all channels."""
    had = reception.owner_of(uow, event.member)
    reception.take(
        uow,
        tools,
        event.member,
        event.case,
        Owner.HUMAN,
        advisor=event.advisor,
        at_platform=had is not None and had.at_platform,
    )


def assigned(uow: UnitOfWork, event: CaseAssigned, tools: Toolbox) -> None:
    """Say of nobody that she answers before she has taken it over from another."""
    had = reception.owner_of(uow, event.member)
    if had is None or had.owner is not Owner.HUMAN or had.at_platform:
        return
    reception.take(uow, tools, event.member, event.case, Owner.PENDING)


def answered(uow: UnitOfWork, event: CaseAnswered, _tools: Toolbox) -> None:
    """End the promise that a human writes."""
    if (case := cases.get(uow, event.case)) is not None:
        cases.human_has_written(uow, case, event.at)


def ended(uow: UnitOfWork, event: CaseEnded, tools: Toolbox) -> None:
    """Give the conversation back to the bot."""
    if (case := cases.get(uow, event.case)) is not None:
        reception.give_back(uow, tools, case, code=event.code)


def human_came(uow: UnitOfWork, event: HumanCame, tools: Toolbox) -> None:
    """Follow a human who took the conversation in the platform's own app: it is her case now."""
    if not members.exists(uow, event.member):
        return  # she was forgotten meanwhile
    case = cases.open_of(uow, event.member)
    if case is None or not case.state.is_with_humans:
        now = uow.clock.now()
        concern = cases.Concern(
            event.member,
            cases.Kind.HUMAN,
            0,
            [],
            now,
            event.channel,
            event.account,
            event.identity,
            key=f"came:{now.isoformat()}",
            who=event.human,
        )
        case = cases.open_case(uow, concern).case
    if case.accepted_at is None or case.advisor != event.human.lower():
        if case.advisor != event.human.lower():
            case = cases.assign(uow, case.id, event.human, who=event.human, why="at_platform")
        cases.accept(uow, case.id, event.human)
    reception.take(
        uow,
        tools,
        event.member,
        case.id,
        Owner.HUMAN,
        advisor=event.human,
        at_platform=True,
    )


def human_left(uow: UnitOfWork, event: HumanLeft, _tools: Toolbox) -> None:
    """The platform has ended it: the case is resolved, and somebody says why later."""
    owned, case = reception.owner_of(uow, event.member), cases.open_of(uow, event.member)
    if owned is None or not owned.at_platform or case is None:
        return
    if case.state.is_with_humans:
        code = cases.Ending.AT_PLATFORM
        cases.resolve(uow, case.id, who=owned.advisor or "platform", code=code)


def erased(uow: UnitOfWork, event: MemberErased, _tools: Toolbox) -> None:
    """Somebody of whom nothing is known has no conversation."""
    reception.let_go(uow, event.member)


listeners: Mapping[type[Event], Sequence[Listener]] = {
    CaseAccepted: [accepted],
    CaseAssigned: [assigned],
    CaseAnswered: [answered],
    CaseEnded: [ended],
    HumanCame: [human_came],
    HumanLeft: [human_left],
    MemberErased: [erased],
    AdvisorRenamed: [
        staff.following("cases.advisor", "case_steps.who", "case_promises.who"),
        staff.following("conversation_owners.advisor"),
    ],
}

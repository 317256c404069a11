"""What cards hear of cases: who is asked, who has taken one, what ended, what became graver."""

from collections.abc import Mapping, Sequence

from bot.commons import cases, detection, staff
from bot.features.cards import digest, making, nudges, service
from bot.features.cards.rules import State
from bot.kernel.events import (
    AdvisorRenamed,
    CardOutlived,
    CaseAccepted,
    CaseAssigned,
    CaseEnded,
    CaseEscalated,
    CaseJoined,
    ClockWarned,
    Event,
    Judged,
)
from bot.kernel.feature import Listener
from bot.kernel.messages import CardUpdate
from bot.kernel.work import Toolbox, UnitOfWork


def assigned(uow: UnitOfWork, event: CaseAssigned, tools: Toolbox) -> None:
    """Ring whoever is asked now; the cards of those who were asked before say so."""
    case = cases.get(uow, event.case)
    if case is None or case.advisor != event.advisor:
        return  # somebody else was asked since
    for card in service.of_case(uow, case.id):
        if card.advisor != case.advisor:
            _settle(uow, tools, card)
    if case.state is cases.State.ASSIGNED and case.advisor:
        service.ring(uow, tools, case)


def accepted(uow: UnitOfWork, event: CaseAccepted, tools: Toolbox) -> None:
    """Let all cards say who has the case; the one by which she took it says it already."""
    for card in service.of_case(uow, event.case):
        if card.state is not State.TAKEN or card.advisor != event.advisor:
            _settle(uow, tools, card)


def ended(uow: UnitOfWork, event: CaseEnded, tools: Toolbox) -> None:
    """Let the cards of a case say that it has ended."""
    for card in service.of_case(uow, event.case):
        _settle(uow, tools, card)


def joined(uow: UnitOfWork, event: CaseJoined, tools: Toolbox) -> None:
    """Ring once more when it has become graver; what is merely more of the same is no alarm."""
    case = cases.get(uow, event.case)
    if case is None or not case.advisor or not case.state.is_with_humans:
        return
    if case.severity > event.severity_before and not service.has_rung_for(uow, case):
        service.ring(uow, tools, case)


def judged(uow: UnitOfWork, event: Judged, _tools: Toolbox) -> None:
    """Count what no alarm was made of, and somebody should look at."""
    if event.score < detection.ALERT:
        digest.doubt(uow)


def outlived(uow: UnitOfWork, event: CardOutlived, tools: Toolbox) -> None:
    """Let a card say that its member has deleted her data, and nothing else."""
    key = f"cards:erased:{event.handle}"
    part = CardUpdate(event.handle, "", making.erased_card(tools))
    service.send(uow, tools, event.advisor, part, key)


def _settle(uow: UnitOfWork, tools: Toolbox, card: service.Issued) -> None:
    if card.state is not State.CHANGING:
        service.change(uow, tools, card)


listeners: Mapping[type[Event], Sequence[Listener]] = {
    CaseAssigned: [assigned],
    CaseAccepted: [accepted],
    CaseEnded: [ended],
    CaseJoined: [joined],
    ClockWarned: [nudges.warned],
    CaseEscalated: [nudges.escalated],
    Judged: [judged],
    CardOutlived: [outlived],
    AdvisorRenamed: [staff.following("case_cards.advisor")],
}

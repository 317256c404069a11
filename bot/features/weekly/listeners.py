"""What this room hears: when humans take a conversation, and when they give it back."""

from collections.abc import Mapping, Sequence

from bot.commons import reception
from bot.features.weekly import spans
from bot.kernel.events import CaseAccepted, CaseEnded, Event, HumanCame, HumanWanted
from bot.kernel.feature import Listener
from bot.kernel.work import Toolbox, UnitOfWork


def taken(uow: UnitOfWork, event: HumanWanted | CaseAccepted | HumanCame, _tools: Toolbox) -> None:
    """Note that humans have her, or are asked to."""
    if reception.owner_of(uow, event.member) is not None:
        spans.begin(uow, event.member)


def ended(uow: UnitOfWork, event: CaseEnded, _tools: Toolbox) -> None:
    """Note that the bot may speak again."""
    if reception.owner_of(uow, event.member) is None:
        spans.end(uow, event.member)


listeners: Mapping[type[Event], Sequence[Listener]] = {
    HumanWanted: [taken],
    CaseAccepted: [taken],
    HumanCame: [taken],
    CaseEnded: [ended],
}

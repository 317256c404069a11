"""What this room hears: what was judged, and what people say of that."""

from collections.abc import Mapping, Sequence

from bot.commons.verdicts import doubts
from bot.features.review import service
from bot.kernel.events import CaseEnded, DetectorJudged, Event, Judged
from bot.kernel.feature import Listener
from bot.kernel.work import Toolbox, UnitOfWork


def judged(uow: UnitOfWork, event: Judged, _tools: Toolbox) -> None:
    """Keep for a person what the detector was not sure of."""
    doubts.keep(uow, event)


def said(uow: UnitOfWork, event: DetectorJudged, _tools: Toolbox) -> None:
    """Learn what an advisor says of an alarm."""
    service.judged_at_desk(uow, event)


def ended(uow: UnitOfWork, event: CaseEnded, _tools: Toolbox) -> None:
    """Learn from a false alarm."""
    service.false_alarm(uow, event)


listeners: Mapping[type[Event], Sequence[Listener]] = {
    Judged: [judged],
    DetectorJudged: [said],
    CaseEnded: [ended],
}

"""What this room does when a case has ended, and when a member says what she thinks."""

from collections.abc import Mapping, Sequence

from bot.commons import cases, staff
from bot.commons.detection import DIGEST, Label
from bot.commons.ratings import sorting, voices
from bot.features.satisfaction import service
from bot.kernel.events import AdvisorRenamed, CaseEnded, Event, Judged
from bot.kernel.feature import Listener
from bot.kernel.work import Toolbox, UnitOfWork

_FEEDBACK = frozenset({Label.COMPLAINT, Label.MILD_FEEDBACK, Label.SAFETY})


def ended(uow: UnitOfWork, event: CaseEnded, _tools: Toolbox) -> None:
    """Note that she is to be asked; it is still known here where she was served."""
    if (case := cases.get(uow, event.case)) is not None:
        service.ended(uow, case)


def judged(uow: UnitOfWork, event: Judged, tools: Toolbox) -> None:
    """Sort what she says about us."""
    if event.label in _FEEDBACK and event.score >= DIGEST and event.words.strip():
        voices.keep(uow, sorting.classifier(uow, tools), event)


listeners: Mapping[type[Event], Sequence[Listener]] = {
    CaseEnded: [ended],
    Judged: [judged],
    AdvisorRenamed: [staff.following("case_ratings.advisor")],
}

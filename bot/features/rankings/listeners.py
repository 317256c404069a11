"""Hears of check-ins, and of those that are taken back."""

from collections.abc import Mapping, Sequence

from bot.features.rankings import keeping
from bot.kernel.events import CheckedIn, CheckInTakenBack, Event
from bot.kernel.feature import Listener
from bot.kernel.work import Toolbox, UnitOfWork


def _came(uow: UnitOfWork, event: CheckedIn, _tools: Toolbox) -> None:
    keeping.mark(uow, event.member, event.day)


def _taken_back(uow: UnitOfWork, event: CheckInTakenBack, _tools: Toolbox) -> None:
    keeping.unmark(uow, event.member, event.day)


listeners: Mapping[type[Event], Sequence[Listener]] = {
    CheckedIn: (_came,),
    CheckInTakenBack: (_taken_back,),
}

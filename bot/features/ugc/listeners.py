"""What other parts of the house tell this room."""

from collections.abc import Mapping, Sequence

from bot.commons import submissions
from bot.features.ugc import using
from bot.kernel.events import Event, MemberErased, MessageTakenBack
from bot.kernel.feature import Listener
from bot.kernel.work import Toolbox, UnitOfWork


def _forget(uow: UnitOfWork, _erased: MemberErased, tools: Toolbox) -> None:
    """Let the files forget her; her rows are gone already."""
    using.forget_withdrawn(uow, tools)


def _take_back(uow: UnitOfWork, taken: MessageTakenBack, _tools: Toolbox) -> None:
    submissions.take_back(uow, taken.channel, taken.key)


listeners: Mapping[type[Event], Sequence[Listener]] = {
    MemberErased: [_forget],
    MessageTakenBack: [_take_back],
}

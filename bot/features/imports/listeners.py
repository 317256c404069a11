"""What this room lets go of when another has deleted it."""

from collections.abc import Mapping, Sequence

from bot.features.imports import service
from bot.kernel.events import CommentDeleted, Event
from bot.kernel.feature import Listener
from bot.kernel.work import Toolbox, UnitOfWork


def deleted(uow: UnitOfWork, event: CommentDeleted, _tools: Toolbox) -> None:
    """Forget what a comment was before an import."""
    service.forget_comment(uow, event.key)


listeners: Mapping[type[Event], Sequence[Listener]] = {CommentDeleted: [deleted]}

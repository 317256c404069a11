"""What this room does when another one tells of something."""

from collections.abc import Mapping, Sequence

from bot.features.help import service
from bot.kernel.events import Event, HumanCame
from bot.kernel.feature import Listener
from bot.kernel.work import Toolbox, UnitOfWork


def human_came(uow: UnitOfWork, event: HumanCame, _tools: Toolbox) -> None:
    """Take a member off the list of those who wait: somebody talks with her."""
    service.close_request(uow, event.member, event.human or "bot")


listeners: Mapping[type[Event], Sequence[Listener]] = {HumanCame: [human_came]}

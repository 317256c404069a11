"""What this room does when another one tells of something."""

from collections.abc import Mapping, Sequence

from bot.features.arrivals import inviting, service
from bot.features.arrivals.rules import ArrivalsSettings
from bot.kernel.abilities import Abilities
from bot.kernel.events import CheckedIn, Event
from bot.kernel.feature import Listener
from bot.kernel.reception import Recommendations
from bot.kernel.work import Toolbox, UnitOfWork


def checked_in(uow: UnitOfWork, event: CheckedIn, tools: Toolbox) -> None:
    """Show a member her group with her first check-in, should operators want that."""
    if not tools.use(ArrivalsSettings).invite_on_checkin:
        return
    channels = tuple(tools.use(Abilities).of(Recommendations))
    if channels and (seen := service.reachable(uow, event.member, channels)):
        inviting.invite(uow, seen, tools, why="checkin")


listeners: Mapping[type[Event], Sequence[Listener]] = {CheckedIn: [checked_in]}

"""What other rooms tell this one: check-ins, and pictures on their way."""

from collections.abc import Mapping, Sequence

from bot.commons import members, photos
from bot.features.challenges import service, windows
from bot.kernel.abilities import Errands
from bot.kernel.community import Community
from bot.kernel.events import CheckedIn, Event, MediaArrived, PhotoSettled
from bot.kernel.feature import Listener
from bot.kernel.work import Toolbox, UnitOfWork


def _checked_in(uow: UnitOfWork, event: CheckedIn, tools: Toolbox) -> None:
    """Count the day where a challenge is open; nothing is read otherwise."""
    if windows.may_count(uow, tools, event.day):
        service.heard(uow, tools, event.member, event.day)


def _picture(uow: UnitOfWork, event: MediaArrived, tools: Toolbox) -> None:
    update = event.update
    day = tools.use(Community).day_of(update.at)
    if update.sender is None or not windows.wants_photos(uow, tools, day):
        return
    member = members.find(uow, update.channel, update.sender)
    if member is None or not service.asking_for_photos(uow, tools, member, day):
        return
    if photos.take(uow, member, day, update):
        tools.use(Errands).soon(uow, photos.LOOK)


def _settled(uow: UnitOfWork, event: PhotoSettled, tools: Toolbox) -> None:
    service.heard(uow, tools, event.member, event.day)


listeners: Mapping[type[Event], Sequence[Listener]] = {
    CheckedIn: [_checked_in],
    MediaArrived: [_picture],
    PhotoSettled: [_settled],
}

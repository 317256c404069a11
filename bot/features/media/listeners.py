"""What other parts of the house tell this room."""

from collections.abc import Mapping, Sequence

from bot.commons import media
from bot.features.media.rules import FETCH, SWEEP
from bot.kernel.abilities import Abilities, Errands, MediaSource
from bot.kernel.events import Event, MediaArrived, MemberErased, MessageTakenBack
from bot.kernel.feature import Listener
from bot.kernel.work import Toolbox, UnitOfWork


def _note(uow: UnitOfWork, arrived: MediaArrived, tools: Toolbox) -> None:
    """Write down what has to be fetched; a channel that can't give it is not asked for it."""
    source = tools.use(Abilities).of(MediaSource).get(arrived.update.channel)
    if source is None:
        return
    media.note(uow, arrived.item, arrived.update, lives_s=source.lives_s)
    tools.use(Errands).soon(uow, FETCH)


def _sweep(uow: UnitOfWork, _erased: MemberErased, tools: Toolbox) -> None:
    """Remove her files from the disk soon; the rows that led to them are gone already."""
    tools.use(Errands).soon(uow, SWEEP)


def _take_back(uow: UnitOfWork, taken: MessageTakenBack, tools: Toolbox) -> None:
    """Keep no file of a message that was taken back."""
    if media.forget_update(uow, taken.channel, taken.key):
        tools.use(Errands).soon(uow, SWEEP)


listeners: Mapping[type[Event], Sequence[Listener]] = {
    MediaArrived: [_note],
    MessageTakenBack: [_take_back],
    MemberErased: [_sweep],
}

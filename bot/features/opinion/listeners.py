"""What this room hears: that a message was judged."""

from collections.abc import Mapping, Sequence

from bot.features.opinion import service
from bot.features.opinion.rules import ASK, is_unsure
from bot.kernel.abilities import Abilities, Errands
from bot.kernel.events import Event, Judged
from bot.kernel.feature import Listener
from bot.kernel.opinions import SecondOpinion
from bot.kernel.work import Toolbox, UnitOfWork


def judged(uow: UnitOfWork, event: Judged, tools: Toolbox) -> None:
    """Want a second opinion where the detector is not sure and somebody can be asked."""
    if not is_unsure(event.score, event.severity):
        return
    if tools.use(Abilities).one(SecondOpinion) is None or service.is_settled(uow, event.member):
        return
    if service.want(uow, tools, event):
        tools.use(Errands).soon(uow, ASK)


listeners: Mapping[type[Event], Sequence[Listener]] = {Judged: [judged]}

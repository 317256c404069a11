"""What this room does when another one tells of something."""

from collections.abc import Mapping, Sequence

from bot.commons.staff import following, following_once
from bot.features.handoff import service
from bot.features.handoff.rules import MOVE
from bot.kernel.abilities import Errands
from bot.kernel.capability import Doors
from bot.kernel.events import AdvisorRenamed, Event, HumanWanted
from bot.kernel.feature import Listener
from bot.kernel.work import Toolbox, UnitOfWork


def human_wanted(uow: UnitOfWork, event: HumanWanted, tools: Toolbox) -> None:
    """Have the conversation given to a human, where the platform can do that."""
    if not tools.use(Doors).of(event.channel).hands_over:
        return
    party = service.Party(event.member, event.channel, event.account, event.identity)
    if service.ask(uow, party):
        tools.use(Errands).soon(uow, MOVE)


listeners: Mapping[type[Event], Sequence[Listener]] = {
    HumanWanted: [human_wanted],
    AdvisorRenamed: [
        following("handoff_sessions.human"),
        following_once("handoff_servicers", "human", "channel", "account"),
    ],
}

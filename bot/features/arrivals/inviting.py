"""Which group a member is shown, and when."""

from enum import StrEnum

from bot.features.arrivals import service
from bot.features.arrivals.rules import INVITE, ArrivalsSettings, group_for
from bot.kernel.abilities import Abilities, Errands
from bot.kernel.ports import Group, Groups
from bot.kernel.reception import Recommendations
from bot.kernel.work import Toolbox, UnitOfWork


class Answer(StrEnum):
    """What came of asking for a group."""

    COMING = "coming"
    SHOWN = "shown"
    NOWHERE = "nowhere"
    """No group belongs to her, or none can be shown here."""


def group_of(uow: UnitOfWork, seen: service.Seen, tools: Toolbox) -> Group | None:
    """Return the group that belongs to where a customer came from."""
    name = group_for(service.scene_of(uow, seen), tools.use(ArrivalsSettings))
    return tools.use(Groups).by_id.get(name) if name else None


def invite(uow: UnitOfWork, seen: service.Seen, tools: Toolbox, *, why: str) -> Answer:
    """Have a member's group shown to her once."""
    group = group_of(uow, seen, tools)
    if group is None or seen.channel not in tools.use(Abilities).of(Recommendations):
        return Answer.NOWHERE
    if not service.invite(uow, seen, group, why=why):
        return Answer.SHOWN
    tools.use(Errands).soon(uow, INVITE)
    return Answer.COMING

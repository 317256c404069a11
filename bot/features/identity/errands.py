"""Asks platforms who new customers are."""

from functools import partial

import structlog

from bot.commons import members
from bot.kernel.abilities import Abilities, CustomerCard, CustomerLookup
from bot.kernel.errors import CannotStore
from bot.kernel.feature import Errand
from bot.kernel.ids import ChannelName
from bot.kernel.persons import unionid_key
from bot.kernel.ports import Work
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import Toolbox, UnitOfWork

log = structlog.get_logger(__name__)

_QUESTIONS = 20
"""So many questions to a platform in one run; the rest a minute later."""


async def look_up(work: Work, tools: Toolbox) -> None:
    """Ask about everybody of whom was not asked yet; nobody twice."""
    for channel, lookup in tools.use(Abilities).of(CustomerLookup).items():
        waiting = partial(
            members.not_looked_up, channel=channel, within_s=lookup.within_s, most=lookup.most
        )
        for _ in range(_QUESTIONS):
            if not (asked := await work.look(waiting)):
                break
            cards = {card.identity: card for card in await lookup.look_up(asked)}
            for identity in asked:
                card = cards.get(identity, CustomerCard(identity))
                await _keep(work, tools, channel, card)


async def _keep(work: Work, tools: Toolbox, channel: ChannelName, card: CustomerCard) -> None:
    """Write down what was said of one; trouble with her is not trouble with the others."""
    registry = tools.use(PersonalRegistry)

    def keep(uow: UnitOfWork, *, told: bool) -> None:
        keys = unionid_key(card.unionid) if told else ()
        name = card.name if told else ""
        members.looked_up(uow, registry, channel, card.identity, keys=keys, name=name)

    try:
        await work.do(partial(keep, told=True))
    except CannotStore:
        raise
    except Exception:
        log.exception("identity.not_kept", channel=channel)
        await work.do(partial(keep, told=False))


errands = (Errand("identity.look_up", look_up, every_s=60),)

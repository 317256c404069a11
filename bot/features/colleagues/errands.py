"""Asks the platform who stands behind the names of colleagues."""

from functools import partial

import structlog

from bot.features.colleagues import service
from bot.kernel.abilities import Abilities, ColleagueLookup, NamesColleagues
from bot.kernel.errors import Undeliverable
from bot.kernel.feature import Errand
from bot.kernel.ids import ChannelName
from bot.kernel.ports import Work
from bot.kernel.work import Toolbox

log = structlog.get_logger(__name__)

_QUESTIONS = 20
"""So many questions to a platform in one run; the rest a minute later."""


async def ask(work: Work, tools: Toolbox) -> None:
    """Ask about everybody new; a platform that does not permit it is asked again tomorrow."""
    abilities = tools.use(Abilities)
    for home, lookup in abilities.of(ColleagueLookup).items():
        for channel in abilities.of(NamesColleagues):
            if channel != home:
                await _ask(work, channel, home, lookup)
        return  # one company, one app that knows it


async def _ask(
    work: Work, channel: ChannelName, home: ChannelName, lookup: ColleagueLookup
) -> None:
    waiting = partial(service.waiting, channel=channel, most=lookup.most)
    for _ in range(_QUESTIONS):
        if not (names := await work.look(waiting)):
            return
        try:
            told = await lookup.userids(names)
        except Undeliverable as exc:
            log.warning("colleagues.not_permitted", channel=channel, code=exc.code)
            await work.do(partial(service.later, channel=channel, names=names))
            return
        for name in names:
            userid = told.get(name, "")
            keep = partial(service.keep, channel=channel, identity=name, userid=userid, home=home)
            await work.do(keep)


errands = (Errand("colleagues.ask", ask, every_s=60),)

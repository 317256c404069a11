"""Asks the platform about colleagues who have the console open: news of them can be lost."""

from functools import partial

import structlog

from bot.commons import accounts
from bot.features.contacts import service
from bot.kernel.abilities import Abilities
from bot.kernel.entering import ColleagueLogin
from bot.kernel.errors import Undeliverable
from bot.kernel.feature import Errand
from bot.kernel.ports import Work
from bot.kernel.work import Toolbox

log = structlog.get_logger(__name__)


async def look_after(work: Work, tools: Toolbox) -> None:
    """Ask about everybody who is signed in; one of whom nothing is said stays as she is."""
    login = tools.use(Abilities).one(ColleagueLogin)
    if login is None:
        return
    for userid, source in await work.look(accounts.present):
        kind, _, number = source.partition(":")
        asked_at = await work.look(lambda uow: uow.clock.now())
        try:
            groups = await login.groups_of(userid, (int(number),) if kind == "tag" else ())
        except Undeliverable as error:
            log.warning("console.colleague_unseen", code=error.code)
            continue
        follow = partial(
            service.still_there, userid=userid, source=source, groups=groups, at=asked_at
        )
        await work.do(follow)


errands = (Errand("contacts.console", look_after, every_s=600),)

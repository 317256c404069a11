"""Publishes the menu that was asked for, and reads back what the platform shows."""

from functools import partial

from bot.commons.notices import Notices
from bot.features.menus import service
from bot.kernel.abilities import Abilities
from bot.kernel.errors import Undeliverable
from bot.kernel.feature import Errand
from bot.kernel.following import Menus
from bot.kernel.ids import ChannelName
from bot.kernel.ports import Words, Work
from bot.kernel.work import Toolbox, UnitOfWork

_LOOK_EVERY_S = 600.0


async def publish(work: Work, tools: Toolbox) -> None:
    """Publish what is asked for; it may be begun again anywhere, a menu shown twice is one."""
    for channel, menus in tools.use(Abilities).of(Menus).items():
        wanted = await work.look(partial(service.asked, channel=channel))
        if wanted is not None:
            await _publish(work, tools, channel, menus, wanted)
        await _look(work, channel, menus)


async def _publish(
    work: Work, tools: Toolbox, channel: ChannelName, menus: Menus, wanted: service.Asked
) -> None:
    reason = ""
    try:
        before = await menus.current()
        await work.do(lambda uow: service.remember_before(uow, wanted.id, before))
        await menus.publish(wanted.menu)
    except Undeliverable as exc:
        reason = str(exc)

    def finish(uow: UnitOfWork) -> None:
        if service.finish(uow, wanted.id, reason=reason) and reason:
            text = tools.use(Words)("menus/notice_refused.txt.j2", reason=reason)
            tools.use(Notices).tell(uow, key=f"menus.refused:{channel}:{wanted.id}", text=text)

    await work.do(finish)


async def _look(work: Work, channel: ChannelName, menus: Menus) -> None:
    """Note what is shown; an account that may not have a menu is nobody's trouble."""
    try:
        menu, reason = await menus.current(), ""
    except Undeliverable as exc:
        menu, reason = (), str(exc)
    await work.do(lambda uow: service.see(uow, channel, menu, reason=reason))


errands = (Errand(service.PUBLISH, publish, every_s=_LOOK_EVERY_S),)

"""Has the codes made that operators asked for."""

from functools import partial

from bot.commons.notices import Notices
from bot.features.scenes import service
from bot.kernel.abilities import Abilities
from bot.kernel.errors import Undeliverable
from bot.kernel.feature import Errand
from bot.kernel.following import SceneCodes
from bot.kernel.ports import Words, Work
from bot.kernel.work import Toolbox, UnitOfWork

_AT_ONCE = 50


async def make(work: Work, tools: Toolbox) -> None:
    """Make what is asked for; one that is made twice after a death is the same scene."""
    for channel, platform in tools.use(Abilities).of(SceneCodes).items():
        for one in await work.look(partial(service.wanted, channel=channel, most=_AT_ONCE)):
            try:
                code = await platform.make(one.scene, lives_s=one.lives_s)
            except Undeliverable as exc:
                await work.do(partial(_refuse, tools=tools, wanted=one, reason=str(exc)))
                if exc.channel_off:
                    raise
            else:
                await work.do(partial(service.made, code=one.id, by=code))


def _refuse(uow: UnitOfWork, *, tools: Toolbox, wanted: service.Wanted, reason: str) -> None:
    if service.refused(uow, wanted.id, reason):
        text = tools.use(Words)("scenes/notice.txt.j2", scene=wanted.scene, reason=reason)
        tools.use(Notices).tell(uow, key=f"scenes.refused:{wanted.id}:{reason}", text=text)


errands = (Errand(service.MAKE, make, every_s=600),)

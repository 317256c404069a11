"""What the clock does: files become goods, reservations end, members are told."""

from datetime import datetime

from bot.commons import claims
from bot.commons.content import Shelf, look
from bot.commons.notices import Notices
from bot.features.mall import filing, inviting
from bot.features.mall.matter import GoodsMatter
from bot.features.mall.rules import MallSettings
from bot.kernel.community import Community
from bot.kernel.feature import Job
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork

_FROM_HOUR, _TO_HOUR = 8, 22
"""Nobody is reminded at night."""


def _bring_in(uow: UnitOfWork, tools: Toolbox) -> None:
    library = tools.use(Shelf).at_hand(uow.clock.now()).library
    files, zone = library.with_matter(GoodsMatter), tools.use(Community).zone
    for file in filing.bring_in(uow, files, zone, broken=library.broken):
        text = tools.use(Words)("mall/notice_frozen.txt.j2", file=file)
        key = f"mall.frozen:{file.path}:{file.revision}"
        tools.use(Notices).tell(uow, key=key, text=text)


def _expire(uow: UnitOfWork, tools: Toolbox) -> bool:
    claim = claims.expire_next(uow)
    if claim is not None:
        inviting.tell_expired(uow, tools, claim)
    return claim is not None


def _next_expiry(uow: UnitOfWork, _tools: Toolbox, after: datetime) -> datetime | None:
    return claims.next_end(uow, after)


def _remind(uow: UnitOfWork, tools: Toolbox) -> bool:
    hour = uow.clock.now().astimezone(tools.use(Community).zone).hour
    hours = tools.use(MallSettings).remind_hours
    if not hours or not _FROM_HOUR <= hour < _TO_HOUR:
        return False
    return inviting.remind_some(uow, tools, hours=hours)


jobs = (
    Job("mall.files", _bring_in, every_s=10, before=look),
    Job("mall.expire", _expire, every_s=10, next_due=_next_expiry),
    Job("mall.remind", _remind, every_s=60),
    Job("mall.invite", inviting.invite_some, every_s=10),
)

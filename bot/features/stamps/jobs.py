"""Stamps what has waited for the file; tells members, by day, of coupons that cards brought."""

from bot.commons import coupons, outreach
from bot.commons.content import look
from bot.features.stamps import service
from bot.kernel.clock import is_day
from bot.kernel.community import Community
from bot.kernel.feature import Job
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer

_UNTOLD = Statement(
    "SELECT id, member_id, coupon_key FROM stamp_coupons WHERE untold = 1 ORDER BY id LIMIT :most"
)
_TOLD = Statement("UPDATE stamp_coupons SET untold = 0 WHERE id = :id AND untold = 1 RETURNING id")
_MOST = 100


def _tell(uow: UnitOfWork, tools: Toolbox) -> bool:
    if not is_day(uow.clock.now().astimezone(tools.use(Community).zone)):
        return False
    waiting = uow.run(_UNTOLD, most=_MOST)
    for number, member, key in waiting:
        coupon = coupons.by_key(uow, str(key))
        if uow.run(_TOLD, id=number) and coupon is not None and coupon.is_usable:
            _write(uow, tools, MemberId(integer(member)), coupon)
    return len(waiting) == _MOST


def _write(uow: UnitOfWork, tools: Toolbox, member: MemberId, coupon: coupons.Coupon) -> None:
    if outreach.ways(uow, tools, member):
        data = {"coupon": coupon}
        purpose, key = outreach.Purpose.SERVICE, f"stamps:{coupon.key}"
        letter = outreach.Letter(key, "集杯卡满了", purpose, "stamps/full.txt.j2", data)
        outreach.tell(uow, tools, member, letter)


def _catch_up(uow: UnitOfWork, tools: Toolbox) -> bool:
    return service.catch_up(uow, service.book(uow, tools), most=_MOST)


jobs = (
    Job("stamps.catch-up", _catch_up, every_s=10, before=look),
    Job("stamps.tell", _tell, every_s=300),
)

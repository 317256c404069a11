"""What the clock does to points and coupons: dates, warnings, expiry, holds that are over."""

from datetime import datetime

from bot.commons import coupons, points
from bot.commons.coupons import CouponSettings
from bot.commons.points import PointsSettings
from bot.kernel.clock import is_day
from bot.kernel.community import Community
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork

_BITE = 200
_SMALL_BITE = 50


def _date(uow: UnitOfWork, tools: Toolbox) -> bool:
    zone = tools.use(Community).zone
    return points.date_lots(uow, tools.use(PointsSettings), zone, most=_BITE)


def _warn(uow: UnitOfWork, tools: Toolbox) -> bool:
    if not is_day(uow.clock.now().astimezone(tools.use(Community).zone)):
        return False
    return points.warn(uow, tools.use(PointsSettings), most=_SMALL_BITE)


def _remind(uow: UnitOfWork, tools: Toolbox) -> bool:
    if not is_day(uow.clock.now().astimezone(tools.use(Community).zone)):
        return False
    return coupons.remind(uow, days=tools.use(CouponSettings).remind_days, most=_SMALL_BITE)


def _expire(uow: UnitOfWork, _tools: Toolbox) -> bool:
    return points.expire(uow, most=_SMALL_BITE)


def _release(uow: UnitOfWork, _tools: Toolbox) -> bool:
    return points.release_due(uow, most=_SMALL_BITE)


def _next_expiry(uow: UnitOfWork, _tools: Toolbox, after: datetime) -> datetime | None:
    return points.next_expiry(uow, after)


def _next_release(uow: UnitOfWork, _tools: Toolbox, after: datetime) -> datetime | None:
    return points.next_release(uow, after)


jobs = (
    Job("wallet.date", _date, every_s=60),
    Job("wallet.warn", _warn, every_s=600),
    Job("wallet.remind", _remind, every_s=600),
    Job("wallet.release", _release, every_s=60, next_due=_next_release),
    Job("wallet.expire", _expire, every_s=60, next_due=_next_expiry),
)

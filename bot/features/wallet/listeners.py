"""Tells a member what of hers expires soon, where a way leads to her now."""

from collections.abc import Mapping, Sequence

from bot.commons import outreach
from bot.features.wallet.rules import last_day
from bot.kernel.community import Community
from bot.kernel.events import CouponExpiresSoon, Event, PointsExpireSoon
from bot.kernel.feature import Listener
from bot.kernel.ids import MemberId
from bot.kernel.work import Toolbox, UnitOfWork


def warn_of_points(uow: UnitOfWork, event: PointsExpireSoon, tools: Toolbox) -> None:
    """Tell her how many points expire, and when the first do."""
    day = last_day(event.first_at, tools.use(Community).zone)
    key = f"wallet.points:{event.member}:{day}"
    words = {"points": event.points, "day": day}
    _tell(uow, tools, event.member, _letter(key, "积分快过期", "wallet/points_soon.txt.j2", words))


def warn_of_coupon(uow: UnitOfWork, event: CouponExpiresSoon, tools: Toolbox) -> None:
    """Tell her which coupon ends, and when."""
    day = last_day(event.valid_until, tools.use(Community).zone)
    words = {"title": event.title, "code": event.code, "day": day}
    key = f"wallet.coupon:{event.coupon}"
    _tell(
        uow, tools, event.member, _letter(key, "优惠券快过期", "wallet/coupon_soon.txt.j2", words)
    )


def _letter(key: str, subject: str, template: str, words: Mapping[str, object]) -> outreach.Letter:
    return outreach.Letter(key, subject, outreach.Purpose.SERVICE, template, words)


def _tell(uow: UnitOfWork, tools: Toolbox, member: MemberId, letter: outreach.Letter) -> None:
    """Write to her where that is possible; nobody has to call her because of it."""
    if outreach.ways(uow, tools, member):
        outreach.tell(uow, tools, member, letter)


listeners: Mapping[type[Event], Sequence[Listener]] = {
    PointsExpireSoon: (warn_of_points,),
    CouponExpiresSoon: (warn_of_coupon,),
}

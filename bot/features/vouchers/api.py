"""What a till asks: `POST /api/v1/coupons/redeem`."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bot.commons import coupons, profiles
from bot.features.vouchers.granting import NotIssued
from bot.kernel.calling import Call
from bot.kernel.community import Community
from bot.kernel.ids import MemberId
from bot.kernel.work import Toolbox, UnitOfWork

_INSTANT = timedelta(microseconds=1)
Yuan = Annotated[Decimal, Field(gt=0, le=1_000_000, max_digits=9, decimal_places=2)]
Short = Annotated[str, Field(max_length=60)]


class Asked(BaseModel):
    """A coupon that is to be used for an order."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    code: Annotated[str, Field(min_length=1, max_length=60)]
    amount_yuan: Yuan
    """What she spends, before the coupon."""
    order_id: Annotated[str, Field(min_length=1, max_length=60)]
    """The same order again gets the same answer and uses nothing up."""
    store: Short = ""
    member: Annotated[str, Field(max_length=200)] = ""
    """Who brings it, `channel:identity` or `phone:…`; empty where nobody knows."""


class Answered(BaseModel):
    """The coupon is used."""

    code: str
    title: str
    off_yuan: Decimal
    left_yuan: Decimal
    order_id: str
    valid_until: date


def _redeem(uow: UnitOfWork, tools: Toolbox, asked: Asked, who: str) -> Answered:
    spend = int(asked.amount_yuan * 100)
    zone = tools.use(Community).zone
    coupon = coupons.redeem(
        uow,
        asked.code,
        by=who,
        order_ref=asked.order_id,
        spend_fen=spend,
        zone=zone,
        member=_member(uow, asked.member),
        store=asked.store,
    )
    return Answered(
        code=coupon.code,
        title=coupon.title,
        off_yuan=Decimal(coupon.off_fen) / 100,
        left_yuan=Decimal(spend - coupon.off_fen) / 100,
        order_id=coupon.order_ref,
        valid_until=(coupon.valid_until - _INSTANT).astimezone(zone).date(),
    )


def _member(uow: UnitOfWork, said: str) -> MemberId | None:
    if not said:
        return None
    try:
        member = profiles.find_ref(uow, profiles.read_ref(said))
    except (profiles.BadRef, profiles.Shared):
        member = None
    if member is None:
        raise NotIssued("nobody", said=said[:40])
    return member


calls = (Call("coupons/redeem", "Use a coupon up for an order", Asked, Answered, _redeem),)

"""Reads what is known of a member: what she bought, what she said, whom she had to ask for."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.commons import cases, coupons, orders, products, ratings
from bot.commons.cases import Ending, Kind
from bot.commons.orders import KeptOrder
from bot.commons.ratings import About, voices
from bot.features.recall.rules import (
    NOT_HERS,
    Facts,
    Figures,
    Line,
    Purchase,
    RecallSettings,
    Said,
    figures,
)
from bot.kernel.community import Community
from bot.kernel.ids import MemberId
from bot.kernel.work import Toolbox, UnitOfWork

_MOST_CASES = 200
_NO_FAULT = frozenset({Ending.FALSE_ALARM, Ending.NOT_OURS})


class FactBook:
    """Reads facts of one member after the other; what products cost is looked up once."""

    def __init__(self, uow: UnitOfWork, tools: Toolbox) -> None:
        days = tools.use(RecallSettings).facts_days
        self._uow, self._zone = uow, tools.use(Community).zone
        self._since = uow.clock.now() - timedelta(days=days)
        self._median_fen = products.median_fen(uow)
        self._listed: dict[str, int] = {}

    def figures_of(self, member: MemberId) -> Figures:
        """Return what is known of her, as it is counted."""
        return figures(self.facts_of(member))

    def facts_of(self, member: MemberId) -> Facts:
        """Return what is known of her."""
        said = voices.of_member(self._uow, member, self._since)
        found = [
            case
            for case in cases.of_member(self._uow, member, most=_MOST_CASES)
            if case.opened_at >= self._since and case.code not in _NO_FAULT
        ]
        scores = ratings.scores_of(self._uow, member, self._since)
        return Facts(
            purchases=self._purchases(member),
            said=[
                Said(one.at, one.about is About.PRODUCT)
                for one in said
                if one.about in {About.PRODUCT, About.SERVICE}
            ],
            humans=sum(case.kind is Kind.HUMAN for case in found),
            complaints=[
                case.opened_at for case in found if case.kind in {Kind.COMPLAINT, Kind.SAFETY}
            ],
            low_scores=sum(score <= ratings.LOW for score in scores),
            median_fen=self._median_fen,
        )

    def _purchases(self, member: MemberId) -> Sequence[Purchase]:
        bought = orders.orders_of(self._uow, member, since=self._since)
        used = [
            one
            for one in coupons.of_member(self._uow, member)
            if one.state is coupons.State.REDEEMED and one.reason not in NOT_HERS
        ]
        with_coupon = _with_coupon(bought, used, self._zone)
        return [
            Purchase(
                order.paid_at,
                [
                    Line(item.quantity, item.price_fen, self._list_fen(item.sku))
                    for item in order.items
                ],
                has_coupon=order.id in with_coupon,
                counts=order.counts,
                went_back=order.back_fen > 0 or not order.counts,
            )
            for order in bought
        ]

    def _list_fen(self, sku: str) -> int:
        if sku not in self._listed:
            found = products.find(self._uow, sku) if sku else None
            self._listed[sku] = found[0].price_fen if found else 0
        return self._listed[sku]


def _with_coupon(
    bought: Sequence[KeptOrder], used: Sequence[coupons.Coupon], zone: ZoneInfo
) -> Collection[int]:
    """Return the orders in which a coupon was redeemed: that of its number.

    Where the shop gave no number, it is the first order of that day.
    """
    found = set()
    for coupon in used:
        for order in bought:
            same_day = coupon.closed_at and _day(order.paid_at, zone) == _day(
                coupon.closed_at, zone
            )
            if coupon.order_ref == order.order_id or (not coupon.order_ref and same_day):
                found.add(order.id)
                break
    return found


def _day(at: datetime, zone: ZoneInfo) -> object:
    return at.astimezone(zone).date()

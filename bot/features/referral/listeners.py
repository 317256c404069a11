"""Hears of orders that are paid and given back."""

from collections.abc import Mapping, Sequence

from bot.features.referral import granting, supply
from bot.kernel.events import Event, OrderPaid, OrderRefunded
from bot.kernel.feature import Listener
from bot.kernel.work import Toolbox, UnitOfWork


def _paid(uow: UnitOfWork, event: OrderPaid, tools: Toolbox) -> None:
    granting.order_paid(uow, event.member, event.order, supply.at_hand(uow, tools))


def _refunded(uow: UnitOfWork, event: OrderRefunded, tools: Toolbox) -> None:
    terms = supply.at_hand(uow, tools)
    granting.order_refunded(uow, tools, event.member, event.order, terms)


listeners: Mapping[type[Event], Sequence[Listener]] = {
    OrderPaid: (_paid,),
    OrderRefunded: (_refunded,),
}

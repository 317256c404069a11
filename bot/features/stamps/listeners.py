"""Orders put stamps on cards, refunds take them off."""

from collections.abc import Mapping, Sequence

from bot.commons import orders
from bot.features.stamps import service
from bot.kernel.events import Event, OrderPaid, OrderRefunded
from bot.kernel.feature import Listener
from bot.kernel.work import Toolbox, UnitOfWork


def hear_of_order(uow: UnitOfWork, event: OrderPaid, tools: Toolbox) -> None:
    """Stamp the cups of an order."""
    rules = service.book(uow, tools)
    if not rules.is_whole:
        service.wait(uow, event.order, event.member)
    elif rules.cards.card and (order := orders.get(uow, event.order)) is not None:
        service.stamp_order(uow, rules, order, event.member)


def hear_of_refund(uow: UnitOfWork, event: OrderRefunded, tools: Toolbox) -> None:
    """Take off the stamps of what was given back."""
    rest = 0 if event.is_whole else event.paid_fen - event.refunded_fen
    rules = service.book(uow, tools)
    service.refund(uow, rules, event.order, rest_fen=rest, paid_fen=event.paid_fen)


listeners: Mapping[type[Event], Sequence[Listener]] = {
    OrderPaid: (hear_of_order,),
    OrderRefunded: (hear_of_refund,),
}

"""Orders come to their nodes; and points that an answer has brought are told."""

from collections.abc import Mapping, Sequence

from bot.commons import deeds, outreach, ratings, reception
from bot.commons.ratings import minisurveys
from bot.features.minisurveys import service
from bot.features.minisurveys.rules import is_news
from bot.kernel.events import DeedDone, Event, OrderDelivered, OrderPaid
from bot.kernel.feature import Listener
from bot.kernel.messages import Outgoing, Text
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork


def paid(uow: UnitOfWork, event: OrderPaid, _tools: Toolbox) -> None:
    """Note that an order was paid; what an import tells of long ago is history."""
    if is_news(event.paid_at, uow.clock.now()):
        minisurveys.note(uow, event.member, event.order, ratings.Node.PAID, event.paid_at)


def delivered(uow: UnitOfWork, event: OrderDelivered, _tools: Toolbox) -> None:
    """Note that she has an order in her hands, and will have used it."""
    if is_news(event.delivered_at, uow.clock.now()):
        for node in (ratings.Node.DELIVERED, ratings.Node.USED):
            minisurveys.note(uow, event.member, event.order, node, event.delivered_at)


def earned(uow: UnitOfWork, event: DeedDone, tools: Toolbox) -> None:
    """Tell her the points of an answer after which nothing more is asked.

    After another question the thanks for that one tell them.
    """
    kept = deeds.get(uow, event.deed) if event.kind == "feedback" else None
    number = service.number_of(kept.deed.ref) if kept else None
    one = minisurveys.get(uow, number) if number else None
    if one is None or one.step or reception.owner_of(uow, event.member):
        return
    if not (won := service.points_for(uow, one)):
        return
    for way in outreach.ways(uow, tools, event.member):
        if (way.channel, way.identity) == (one.channel, one.identity):
            words = tools.use(Words)("minisurveys/points.txt.j2", points=won)
            key = f"minisurveys.points:{one.id}"
            hers = (way.channel, way.identity)
            uow.send(Outgoing(*hers, Text(words), key, why=service.ROOM, via=way.via))


listeners: Mapping[type[Event], Sequence[Listener]] = {
    OrderPaid: [paid],
    OrderDelivered: [delivered],
    DeedDone: [earned],
}

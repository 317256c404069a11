"""Finds whose imported orders are, tells the rooms, and lets go of what nobody came for."""

from datetime import timedelta

from bot.commons import orders
from bot.features.people.rules import PeopleSettings
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork
from bot.storage.columns import micros

_BITE = 100


class _Owners:
    """What the last look found: looking through all orders must not hold the writer."""

    def __init__(self) -> None:
        self._claims: orders.Found = ()

    def look(self, uow: UnitOfWork, _tools: Toolbox) -> None:
        self._claims = orders.find_owners(uow, most=_BITE)

    def claim(self, uow: UnitOfWork, _tools: Toolbox) -> bool:
        return orders.claim(uow, self._claims) == _BITE


def _tell(uow: UnitOfWork, _tools: Toolbox) -> bool:
    return orders.tell(uow, most=_BITE)


def _forget(uow: UnitOfWork, tools: Toolbox) -> bool:
    days = tools.use(PeopleSettings).unclaimed_orders_days
    before = uow.clock.now() - timedelta(days=days)
    return orders.forget_unclaimed(uow, before_micros=micros(before), most=_BITE)


_owners = _Owners()
jobs = (
    Job("people.owners", _owners.claim, every_s=30, before=_owners.look),
    Job("people.orders", _tell, every_s=2),
    Job("people.forget", _forget, every_s=3600),
)

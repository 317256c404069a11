"""Hears of what happens in customer groups and between customers and employees.

Nobody becomes a member by it: members are those who have spoken to the bot.
"""

from bot.commons import groups
from bot.features.customer_groups import service
from bot.kernel.abilities import Errands
from bot.kernel.customers import JoinScene, LeaveHow, Someone
from bot.kernel.messages import Update
from bot.kernel.router import Router
from bot.kernel.work import Toolbox, UnitOfWork

router = Router()


@router.news("group_created")
@router.news("group_changed")
def changed(uow: UnitOfWork, update: Update, tools: Toolbox) -> None:
    """A group is there, or its name, owner or notice is another: ask for it soon."""
    del tools
    groups.touched(uow, update.group or "")


@router.news("group_joined")
def joined(uow: UnitOfWork, update: Update, tools: Toolbox) -> None:
    """People have come into a group."""
    scene = JoinScene(update.extra.get("scene", JoinScene.UNKNOWN))
    if not groups.joined(uow, _change(update), scene):
        tools.use(Errands).soon(uow, service.RECONCILE)


@router.news("group_left")
def left(uow: UnitOfWork, update: Update, tools: Toolbox) -> None:
    """People have left a group or were removed."""
    how = LeaveHow(update.extra.get("how", LeaveHow.UNKNOWN))
    if not groups.left(uow, _change(update), how):
        tools.use(Errands).soon(uow, service.RECONCILE)


@router.news("group_dismissed")
def dismissed(uow: UnitOfWork, update: Update, tools: Toolbox) -> None:
    """A group is no more."""
    del tools
    groups.dismissed(uow, update.group or "", update.at, "event")


@router.news("customer_added")
@router.news("customer_half_added")
@router.news("customer_consented")
def befriended(uow: UnitOfWork, update: Update, tools: Toolbox) -> None:
    """A customer has become an employee's friend, or may now be written to."""
    service.welcome(uow, update, tools)


@router.news("customer_not_transferred")
@router.news("customer_event")
def parted(uow: UnitOfWork, update: Update, tools: Toolbox) -> None:
    """Something else between a customer and an employee: we keep nothing about it."""
    del uow, update, tools


@router.news("tags_changed")
def tagged(uow: UnitOfWork, update: Update, tools: Toolbox) -> None:
    """The company's tags are others now."""
    del update
    tools.use(Errands).soon(uow, service.TAGS)


def _change(update: Update) -> groups.Change:
    said = update.extra
    customers = [
        Someone(name, is_customer=True) for name in said.get("customers", "").split(",") if name
    ]
    colleagues = [
        Someone(name, is_customer=False) for name in said.get("colleagues", "").split(",") if name
    ]
    return groups.Change(
        chat_id=update.group or "",
        people=[*customers, *colleagues],
        at=update.at,
        before=said.get("before", ""),
        after=said.get("after", ""),
    )

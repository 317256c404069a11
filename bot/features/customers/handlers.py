"""Hears who becomes whose friend, and who is it no more.

Nobody becomes a member by it: members are those who have spoken to the bot.
"""

from bot.commons import customers
from bot.features.customers.rules import READ
from bot.kernel.abilities import Errands
from bot.kernel.messages import Update
from bot.kernel.router import Router
from bot.kernel.work import Toolbox, UnitOfWork

router = Router()


@router.news("customer_added")
@router.news("customer_half_added")
def befriended(uow: UnitOfWork, update: Update, tools: Toolbox) -> None:
    """A customer and a colleague have become friends."""
    said = update.extra
    customers.befriended(uow, update.channel, said["customer"], said["colleague"], update.at)
    tools.use(Errands).soon(uow, READ)


@router.news("customer_changed")
def changed(uow: UnitOfWork, update: Update, tools: Toolbox) -> None:
    """A colleague has put a tag on her, or calls her otherwise."""
    customers.changed(uow, update.channel, update.extra["customer"])
    tools.use(Errands).soon(uow, READ)


@router.news("customer_removed")
@router.news("customer_left")
def parted(uow: UnitOfWork, update: Update, tools: Toolbox) -> None:
    """One of the two is not the other's friend any more."""
    del tools
    said = update.extra
    customers.parted(uow, update.channel, said["customer"], said["colleague"], update.at)

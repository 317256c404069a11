"""What the clock does: coupons that are due are given, void ones taken back."""

from datetime import datetime

from bot.commons.content import look
from bot.features.referral import granting, supply
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork
from bot.storage.columns import instant


def _settle(uow: UnitOfWork, tools: Toolbox) -> bool:
    return granting.settle_some(uow, tools, supply.at_hand(uow, tools))


def _next(uow: UnitOfWork, _tools: Toolbox, after: datetime) -> datetime | None:
    due = granting.next_due(uow, after)
    return None if due is None else instant(due)


jobs = (Job("referral.settle", _settle, every_s=10, before=look, next_due=_next),)

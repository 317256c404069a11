"""Forgets, after its time, who once was in a group."""

from bot.commons import groups
from bot.features.customer_groups.rules import CustomerGroupsSettings
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork

_AT_ONCE = 500


def _forget(uow: UnitOfWork, tools: Toolbox) -> bool:
    days = tools.use(CustomerGroupsSettings).left_kept_days
    return groups.forget_left(uow, after_days=days, most=_AT_ONCE) == _AT_ONCE


jobs = (Job("customer_groups.forget", _forget, every_s=3600),)

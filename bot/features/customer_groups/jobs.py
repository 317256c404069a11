"""Forgets, after its time, who once was in a group; lets none wait for a clock set back."""

from bot.commons import groups
from bot.features.customer_groups.rules import CustomerGroupsSettings
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork

_AT_ONCE = 500


def _forget(uow: UnitOfWork, tools: Toolbox) -> bool:
    days = tools.use(CustomerGroupsSettings).left_kept_days
    return groups.forget_left(uow, after_days=days, most=_AT_ONCE) == _AT_ONCE


def _catch_up(uow: UnitOfWork, _tools: Toolbox) -> None:
    groups.catch_up(uow)


jobs = (
    Job("customer_groups.catch_up", _catch_up, every_s=60),
    Job("customer_groups.forget", _forget, every_s=3600),
)

"""Who may be rung now, and who else is there: all that this room asks of the roster."""

from collections.abc import Sequence
from datetime import datetime

from bot.commons import cases, duty, staff
from bot.commons.duty import Standing, WhyNot
from bot.kernel.work import Toolbox, UnitOfWork

_AT_WORK = frozenset({None, WhyNot.AWAY, WhyNot.PLATFORM_AWAY})
"""Whoever is busy is at work all the same: a card waits for her without disturbing her."""


def everybody(uow: UnitOfWork, tools: Toolbox) -> Sequence[Standing]:
    """Return all advisors as they stand now."""
    return duty.standing(uow, tools, uow.clock.now(), open_cases=cases.load(uow))


def is_there(one: Standing) -> bool:
    """Return True for somebody who is at work, be she busy."""
    return one.why_not in _AT_WORK


def at_work(uow: UnitOfWork, tools: Toolbox) -> frozenset[str]:
    """Return the userids, in lower case, of those who may be rung now."""
    here = [one for one in everybody(uow, tools) if is_there(one)]
    return frozenset(name for one in here for name in one.names)


def colleagues(uow: UnitOfWork, tools: Toolbox, *, without: str, most: int) -> Sequence[Standing]:
    """Return who else is on duty, with the fewest cases first."""
    here = [one for one in everybody(uow, tools) if one.on_duty and not one.is_called(without)]
    return sorted(here, key=lambda one: (one.open_cases, one.userid))[:most]


def after(uow: UnitOfWork, tools: Toolbox, userid: str, business_s: float) -> datetime:
    """Return when so many seconds of an advisor's hours have passed."""
    book, now = duty.rota(uow, tools), uow.clock.now()
    found = staff.find(uow, tools, userid)
    name = found.advisor.userid.lower() if found else ""
    try:
        return book.hours.get(name, book.shop).after(now, business_s)
    except duty.NeverOpens:
        return now

"""Chooses whom to ask for a case, and says when somebody will answer."""

from datetime import datetime

from bot.commons import cases
from bot.kernel.community import Advisors, Community
from bot.kernel.work import Toolbox, UnitOfWork


def assign(
    uow: UnitOfWork,
    tools: Toolbox,
    case: cases.Case,
    *,
    why: str = "routed",
    who: str = "bot",
    without: frozenset[str] = frozenset(),
) -> str:
    """Ask the best advisor for a case; return her userid, empty when nobody is there.

    Args:
        uow: the unit of work.
        tools: the toolbox.
        case: that is neither resolved nor closed.
        why: a code word, see `CaseAssigned`.
        who: who wants it.
        without: userids that are not asked.
    """
    load = cases.load(uow)
    able = [one for one in tools.use(Advisors) if one.userid not in without]
    able.sort(key=lambda one: (load.get(one.userid, 0), one.userid))
    if not able:
        return ""
    cases.assign(uow, case.id, able[0].userid, who=who, why=why)
    return able[0].userid


def ahead(uow: UnitOfWork, case: cases.Case) -> int:
    """Return how many nobody has taken yet, who wait longer or need it more."""
    waiting = [
        one
        for one in cases.with_humans(uow)
        if one.state in {cases.State.NEW, cases.State.ASSIGNED}
    ]
    key = _place(case)
    return sum(_place(one) < key for one in waiting) if case.accepted_at is None else 0


def _place(case: cases.Case) -> tuple[int, datetime, int]:
    return (-case.severity, case.opened_at, case.id)


def when(at: datetime, now: datetime, community: Community) -> str:
    """Return an instant as people say it: `今天 21:30`, `明天 10:00`, `12月3日 10:00`."""
    local, today = at.astimezone(community.zone), community.day_of(now)
    days = (local.date() - today).days
    day = {0: "今天", 1: "明天"}.get(days, f"{local.month}月{local.day}日")
    return f"{day} {local:%H:%M}"

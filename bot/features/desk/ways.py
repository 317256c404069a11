"""By which door a member is written to: her case's own, or another one while that is closed."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commons import outreach
from bot.commons.cases import Case
from bot.commons.outreach import Way
from bot.features.desk.rules import MESSAGES_SHOWN
from bot.kernel.capability import Doors
from bot.kernel.ids import ChannelName
from bot.kernel.ports import LastHeard
from bot.kernel.transcript import Speaker, Transcript
from bot.kernel.work import Toolbox, UnitOfWork

_LEFT = frozenset({"queued", "sending", "sent", "maybe"})


@dataclass(frozen=True, slots=True)
class Budget:
    """What a platform still lets us say; a hint, the outbox keeps to it whatever stands here."""

    until: datetime | None
    is_over: bool
    left: int | None
    """None where nobody counts."""


@dataclass(frozen=True, slots=True)
class Writing:
    """How a member is written to now."""

    way: Way | None
    """None when no door leads to her alone."""
    closed: str = ""
    """Why her case's own door is closed: `over`, `spent`, `left`, `no_way`; empty while open."""
    is_other: bool = False
    """It is another door than the case's own."""


def writing_to(uow: UnitOfWork, tools: Toolbox, case: Case) -> Writing:
    """Return by which door a case is answered: its own while it is open, else the next one.

    Where there is no other, it stays its own: the outbox tells what became of it.
    """
    closed = why_closed(uow, tools, case)
    own = Way(case.channel, case.identity, case.account) if closed != "no_way" else None
    if not closed:
        return Writing(own)
    for way in outreach.ways(uow, tools, case.member):
        if (way.channel, way.identity) == (case.channel, case.identity):
            continue
        budget = budget_of(uow, tools, case, way.channel)
        if budget is None or budget.left != 0:
            return Writing(way, closed, is_other=True)
    return Writing(own, closed)


def why_closed(uow: UnitOfWork, tools: Toolbox, case: Case) -> str:
    """Return why a case's own door does not lead to its member; empty when it does."""
    door = tools.use(Doors).of(case.channel)
    if not case.identity or not (door.can_push or door.can_receive):
        return "no_way"
    heard = tools.use(LastHeard)(uow, case.channel, case.identity)
    if heard and heard.event in door.leaving:
        return "left"
    budget = budget_of(uow, tools, case, case.channel)
    if budget is None:
        return ""
    return "over" if budget.is_over else "spent" if budget.left == 0 else ""


def budget_of(uow: UnitOfWork, tools: Toolbox, case: Case, channel: ChannelName) -> Budget | None:
    """Return until when, and how many times, she may be answered there; None where always."""
    door = tools.use(Doors).of(channel)
    if not door.has_budget:
        return None
    said = tools.use(Transcript).latest(uow, case.member, most=MESSAGES_SHOWN)
    here = [one for one in said if one.channel == channel]
    heard = [place for place, one in enumerate(here) if one.by is Speaker.MEMBER]
    if not heard:
        return None
    answers = sum(one.status in _LEFT for one in here[heard[-1] + 1 :])
    until = None
    if door.reply_window_s < math.inf:
        until = here[heard[-1]].at + timedelta(seconds=door.reply_window_s)
    is_over = until is not None and until <= uow.clock.now()
    left = max(0, door.max_replies - answers) if door.max_replies else None
    return Budget(until, is_over, left)

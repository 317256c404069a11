"""The ladder: advisor, deputy, supervisor, operations; each once, while the shop is open."""

from datetime import datetime, timedelta

from bot.commons import duty, members, staff
from bot.commons.notices import Notices
from bot.features.followups import reads, service
from bot.features.followups.reads import Task
from bot.features.followups.rules import LADDER, FollowupSettings, Rung
from bot.kernel.community import Community
from bot.kernel.ports import Words
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import micros

BITE = 50
_CLIMB = Statement(
    "UPDATE followups SET climbed = :climbed, rings_at = :next WHERE id = :id AND state = 'open'"
    " AND climbed = :before AND rings_at = :rang RETURNING id"
)
_LATER = timedelta(days=1)


def ring_due(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Tell whoever stands next on the ladder of what is overdue; True when there may be more."""
    found = reads.ringing(uow, most=BITE)
    for task in found:
        _ring(uow, tools, task)
    return len(found) == BITE


def next_due(uow: UnitOfWork, _tools: Toolbox, after: datetime) -> datetime | None:
    """Return when somebody is told next."""
    return reads.next_ring(uow, after)


def _ring(uow: UnitOfWork, tools: Toolbox, task: Task) -> None:
    now, shop = uow.clock.now(), duty.rota(uow, tools).shop
    if not shop.is_open(now):
        _climb(uow, task, task.climbed, shop.next_open(now) or now + _LATER)
        return
    people = duty.standing(uow, tools, now)
    climbed, rung, to = task.climbed, Rung.OPERATIONS, ""
    while climbed < len(LADDER):  # whom it reaches nobody on is left out
        rung = LADDER[climbed]
        climbed += 1
        to = _who(task, rung, people)
        if to or rung is Rung.OPERATIONS:
            break
    step_s = tools.use(FollowupSettings).step_minutes * 60
    following = shop.after(now, step_s) if climbed < len(LADDER) else None
    if _climb(uow, task, climbed, following):
        _tell(uow, tools, task, rung, to)


def _climb(uow: UnitOfWork, task: Task, climbed: int, following: datetime | None) -> bool:
    """Take a step; False when another replica has taken it."""
    if task.rings_at is None:
        return False
    values = {"climbed": climbed, "before": task.climbed, "rang": micros(task.rings_at)}
    return bool(uow.run(_CLIMB, id=task.id, next=following and micros(following), **values))


def _who(task: Task, rung: Rung, people: list[duty.Standing]) -> str:
    """Return whom a rung tells; empty for nobody who is there."""
    hers = next((one for one in people if task.advisor and one.is_called(task.advisor)), None)
    if rung is Rung.ADVISOR:
        return hers.userid if hers and not hers.is_gone else ""
    there = [one for one in people if one.on_duty and one is not hers]
    if rung is Rung.DEPUTY:
        deputy = hers.deputy if hers else ""
        return next((one.userid for one in there if deputy and one.is_called(deputy)), "")
    if rung is Rung.SUPERVISOR:
        there = [one for one in there if one.is_supervisor]
        there.sort(key=lambda one: (one.open_cases, one.userid))
        return there[0].userid if there else ""
    return ""


def _tell(uow: UnitOfWork, tools: Toolbox, task: Task, rung: Rung, to: str) -> None:
    text = tools.use(Words)(
        "followups/overdue.txt.j2",
        task=task,
        rung=rung.value,
        name=members.display_name(uow, task.member) or "",
        due_at=task.due_at.astimezone(tools.use(Community).zone),
        late_minutes=int((uow.clock.now() - task.due_at).total_seconds() // 60),
    )
    key = f"followups:{task.id}:{task.postponed}:{rung}"
    if rung is Rung.OPERATIONS:
        tools.use(Notices).tell(uow, key=key, text=text)
    else:
        staff.write_to(uow, tools, to, text, key=key, why="followups")
    service.escalated(uow, task, f"{rung} {to}".strip())

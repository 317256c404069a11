"""The clock's doors: planning every second, looking ahead every ten minutes."""

from datetime import datetime
from pathlib import PurePath

from bot.commons import content, mailings
from bot.commons.content import Schedule
from bot.commons.notices import Notices
from bot.features.posts import foresight, planning
from bot.features.posts.planning import Alarm
from bot.features.posts.rules import Reason, next_foresight
from bot.features.posts.supply import Supply
from bot.kernel.community import Community
from bot.kernel.desk import NoticeLevel
from bot.kernel.feature import Job
from bot.kernel.ports import Words
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, micros

NEXT_OPEN = Statement(
    "SELECT min(due_at) FROM fires WHERE status IN ('waiting', 'approved') AND due_at > :now"
)
_KEYS = {
    Reason.NOTHING: "empty",
    Reason.LATE: "late",
    Reason.BROKEN: "broken",
    Reason.EXPIRED: "expired",
}


def _look(uow: UnitOfWork, tools: Toolbox) -> None:
    """Go to the disk for what the jobs then have at hand."""
    Supply.looked_up(tools, uow.clock.now())


def _plan(uow: UnitOfWork, tools: Toolbox) -> bool:
    supply = Supply.at_hand(tools, uow.clock.now())
    planned = planning.plan(uow, supply)
    for alarm in planned.alarms:
        _tell(uow, tools, supply, alarm)
    return planned.more


def _tell(uow: UnitOfWork, tools: Toolbox, supply: Supply, alarm: Alarm) -> None:
    """Tell operators of a fire: of each that asks, else once per schedule and day."""
    schedule = supply.schedules[alarm.schedule]
    day = content.local_day(schedule, alarm.fire_at)
    when = alarm.fire_at.isoformat() if alarm.asks else day.isoformat()
    name = "asked" if alarm.asks else _KEYS[alarm.reason]
    text = tools.use(Words)(
        f"posts/notice_{name}.txt.j2",
        schedule=alarm.schedule,
        at=alarm.fire_at.astimezone(schedule.zone),
        minutes=schedule.late_at_most_s // 60,
    )
    tools.use(Notices).tell(uow, key=f"posts.{name}:{alarm.schedule}:{when}", text=text)


def _next_plan(uow: UnitOfWork, tools: Toolbox, after: datetime) -> datetime | None:
    """Return when the first of the next fire leaves, or the next row that waits may.

    Not the fire itself: with jitter nothing would be seen to happen there.
    """
    supply = Supply.looked_up(tools, uow.clock.now())
    fires = [_next_due(s, after, supply) for s in supply.schedules.values()]
    waiting = uow.run(NEXT_OPEN, now=micros(after))[0][0]
    fires.append(None if waiting is None else instant(waiting))
    return min((at for at in fires if at is not None), default=None)


def _next_due(schedule: Schedule, after: datetime, supply: Supply) -> datetime | None:
    fire_at = content.next_fire(schedule, after, supply.crons)
    if fire_at is None:
        return None
    dues = (content.due_at(schedule, target, fire_at) for target in schedule.audience)
    return min(dues, default=fire_at)


def _foresee(uow: UnitOfWork, tools: Toolbox) -> None:
    supply = Supply.at_hand(tools, uow.clock.now())
    words, notices = tools.use(Words), tools.use(Notices)
    for slot in foresight.foresee(uow, supply):
        day = content.local_day(slot.schedule, slot.fire_at)
        text = words(
            "posts/notice_will_be_empty.txt.j2",
            schedule=slot.schedule.name,
            at=slot.fire_at.astimezone(slot.schedule.zone),
            groups=[supply.groups[each].name for each in slot.groups if each in supply.groups],
            folder=slot.schedule.content or slot.schedule.file,
        )
        notices.tell(uow, key=f"posts.empty:{slot.schedule.name}:{day}", text=text)
    for file in foresight.wrong_files(supply):
        text = words("posts/notice_wrong_file.txt.j2", file=file, name=PurePath(file.path).name)
        key = f"posts.wrong_file:{file.path}:{file.revision}"
        notices.tell(uow, key=key, text=text, level=NoticeLevel.ERROR)


def _next_foresight(_uow: UnitOfWork, tools: Toolbox, after: datetime) -> datetime:
    return next_foresight(after, tools.use(Community).zone)


jobs = (
    Job("posts.plan", _plan, every_s=1, before=_look, next_due=_next_plan, sends=True),
    Job("posts.people", mailings.go_on, every_s=5),
    Job("posts.foresee", _foresee, every_s=600, before=_look, next_due=_next_foresight),
)

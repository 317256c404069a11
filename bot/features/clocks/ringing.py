"""What happens when a clock rings: a warning at 50 and 80 %, then the ladder.

Nothing rings while the shop is closed, unless the level says so. What came due while nobody
looked rings once, as what it has come to by now.
"""

from datetime import datetime, timedelta

import structlog

from bot.commons import cases, duty
from bot.commons.cases import Case, Did
from bot.commons.clocks import book, levels, rules
from bot.commons.clocks.book import Clock, Ring
from bot.commons.clocks.rules import Stage, Stop, Timer
from bot.features.clocks import ladder, service
from bot.features.clocks.ladder import Overdue
from bot.kernel.errors import Refusal
from bot.kernel.events import ClockWarned
from bot.kernel.work import Toolbox, UnitOfWork

log = structlog.get_logger(__name__)

BITE = 20
_PUNCTUAL_S = 60.0
"""So late the next stage still counts from when this one was due: a job looks every few seconds."""
_AFTER_TROUBLE = timedelta(minutes=5)
_MISTAKES = (
    *(Refusal, duty.NeverOpens, ArithmeticError, AttributeError),
    *(LookupError, RuntimeError, TypeError, ValueError),
)
"""Of one case or its data; trouble of the database is the whole job's, which is run again."""


def ring_due(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Let ring what is due; True when there may be more."""
    found = book.due(uow, uow.clock.now(), most=BITE)
    for clock in found:
        try:
            with uow.attempt():
                _ring(uow, tools, clock)
        except _MISTAKES:
            log.exception("clocks.could_not_ring", case=clock.case, clock=clock.id)
            _later(uow, clock, uow.clock.now() + _AFTER_TROUBLE)
    return len(found) == BITE


def next_due(uow: UnitOfWork, _tools: Toolbox, after: datetime) -> datetime | None:
    """Return when a clock rings next."""
    return book.next_ring(uow, after)


def _later(uow: UnitOfWork, clock: Clock, at: datetime) -> None:
    book.ring(uow, clock, Ring(at, climbed=clock.climbed))


def _ring(uow: UnitOfWork, tools: Toolbox, clock: Clock) -> None:
    now, case = uow.clock.now(), cases.get(uow, clock.case)
    if case is None or not _goes_on(uow, clock, case):
        service.stop(uow, tools, [clock], now, Stop.ENDED)
        return
    level = levels.level_named(uow, tools, clock.level, case)
    hours = level.clock(duty.rota(uow, tools).shop)
    if not hours.is_open(now):
        _later(uow, clock, hours.next_open(now) or now + timedelta(days=1))
    elif clock.breached_at is not None or now >= clock.marks.due_at:
        _climb(uow, tools, clock, case, level)
    elif (later := _morning(uow, tools, clock, case)) is not None:
        _later(uow, clock, later)
    else:
        _warn(uow, tools, clock, case)


def _morning(uow: UnitOfWork, tools: Toolbox, clock: Clock, case: Case) -> datetime | None:
    """Return until when a first warning waits; None when it does not.

    The danger is over, and only what was promised then is left: nobody is woken for half of its
    time.
    """
    now, shop = uow.clock.now(), duty.rota(uow, tools).shop
    if case.state.is_with_humans or now >= clock.marks.most_at or shop.is_open(now):
        return None
    return min(shop.next_open(now) or clock.marks.most_at, clock.marks.most_at)


def _promise_of(uow: UnitOfWork, clock: Clock) -> cases.Promise | None:
    found = (one for one in cases.promises_of(uow, clock.case) if one.id == clock.promise)
    return next(found, None)


def _goes_on(uow: UnitOfWork, clock: Clock, case: Case) -> bool:
    if clock.timer is Timer.PROMISE:
        promise = _promise_of(uow, clock)
        return promise is not None and promise.ended_at is None
    return case.state.is_with_humans and clock.times_opened == case.times_opened


def _warn(uow: UnitOfWork, tools: Toolbox, clock: Clock, case: Case) -> None:
    """Warn whoever was asked; 80 % alone when both have come."""
    now, marks = uow.clock.now(), clock.marks
    if now >= marks.most_at and clock.warned_80_at is None:
        percent, came = 80, Ring(marks.due_at, climbed=clock.climbed, most_at=now)
    elif now >= marks.half_at and clock.warned_50_at is None and clock.warned_80_at is None:
        percent, came = 50, Ring(marks.most_at, climbed=clock.climbed, half_at=now)
    else:
        _later(uow, clock, marks.due_at if clock.warned_80_at else marks.most_at)
        return
    if not book.ring(uow, clock, came):
        return
    if clock.timer is Timer.PROMISE and percent > 50:  # noqa: PLR2004 - of the time
        _save(uow, tools, clock, case)
        return
    if _ladder_of(uow, clock) != clock.name:
        return  # the clock of the first answer says the same
    cases.step(uow, case, "bot", Did.WARNED, f"{clock.name} {percent}")
    uow.publish(ClockWarned(case.member, case.id, clock.timer, percent, case.advisor, marks.due_at))


def _ladder_of(uow: UnitOfWork, clock: Clock) -> str:
    """Return the clock whose ladder is climbed: the time of a ticket is that of a first answer."""
    promise = _promise_of(uow, clock) if clock.timer is Timer.PROMISE else None
    if promise is not None and promise.what == cases.ANSWER:
        return Timer.FIRST.value
    return clock.name


def _save(uow: UnitOfWork, tools: Toolbox, clock: Clock, case: Case) -> None:
    """Escalate a promise before it breaks: to the next one who could keep it, or a supervisor."""
    name = _ladder_of(uow, clock)
    over = Overdue(case, name, clock.marks.due_at, at_once=True)
    is_free = name != clock.name and case.accepted_at is None
    if not (is_free and ladder.climb(uow, tools, over, Stage.HOLDER)):
        ladder.climb(uow, tools, over, Stage.SUPERVISOR)


def _climb(uow: UnitOfWork, tools: Toolbox, clock: Clock, case: Case, level: duty.Level) -> None:
    """Take the next stage of the ladder, and those that are due together with it."""
    now, way = uow.clock.now(), rules.stages(level, clock.timer)
    place = clock.climbed
    if place >= len(way):
        book.ring(uow, clock, Ring(None, climbed=place))
        return
    after_s = way[place][1]
    together = [place]
    while together[-1] + 1 < len(way) and way[together[-1] + 1][1] <= after_s:
        together.append(together[-1] + 1)
    following = together[-1] + 1
    next_at = None
    if following < len(way):
        hours = level.clock(duty.rota(uow, tools).shop)
        next_at = hours.after(_since(clock, now), way[following][1] - after_s)
    if not book.ring(uow, clock, Ring(next_at, climbed=following, breached_at=now)):
        return
    name = _ladder_of(uow, clock)
    if clock.breached_at is None:
        _note_breach(uow, tools, clock, case)
    for each in together:
        current = cases.get(uow, case.id) or case
        ladder.climb(uow, tools, Overdue(current, name, clock.marks.due_at), way[each][0])


def _since(clock: Clock, now: datetime) -> datetime:
    """Return from when on the next stage counts: the time for this one, unless that is long ago."""
    planned = clock.next_at if clock.breached_at is not None else clock.marks.due_at
    if planned is not None and (now - planned).total_seconds() <= _PUNCTUAL_S:
        return planned
    return now


def _note_breach(uow: UnitOfWork, tools: Toolbox, clock: Clock, case: Case) -> None:
    if clock.timer is not Timer.PROMISE:
        cases.step(uow, case, "bot", Did.WARNED, f"{clock.name} 100")
        return
    cases.end(uow, clock.promise, who="bot", is_kept=False)
    service.stop(uow, tools, [clock], uow.clock.now(), Stop.BROKEN)


def alarm(uow: UnitOfWork, tools: Toolbox, case: Case, level: duty.Level) -> None:
    """Tell a supervisor at once where the level wants that; once for an opening of a case."""
    now = uow.clock.now()
    if level.supervisor_s == 0 and level.clock(duty.rota(uow, tools).shop).is_open(now):
        over = Overdue(case, Timer.FIRST.value, now, at_once=True)
        ladder.climb(uow, tools, over, Stage.SUPERVISOR)

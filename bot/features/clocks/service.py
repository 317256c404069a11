"""Use cases of clocks: a case opens, a human answers, the member writes, it becomes graver, ends.

A clock starts when the member wrote, not when we saw it. None stops or moves another.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from bot.commons import cases, duty, members
from bot.commons.cases import Case
from bot.commons.clocks import book, levels, rules
from bot.commons.clocks.book import Clock
from bot.commons.clocks.rules import Stop, Timer
from bot.kernel.work import Toolbox, UnitOfWork

_ANSWERED = frozenset({Timer.FIRST, Timer.NEXT, Timer.WORD})
"""What any word of a human stops."""


def begin(
    uow: UnitOfWork, tools: Toolbox, case: Case, timers: Collection[Timer], at: datetime
) -> Collection[Timer]:
    """Start clocks of a case, those that its level has and that do not run; return which."""
    level = levels.level_of(uow, tools, case)
    shop, tier = duty.rota(uow, tools).shop, members.tier_of(uow, case.member)
    return [
        timer
        for timer in timers
        if rules.has(level, timer)
        and book.start(
            uow,
            case,
            timer.value,
            level=level.name,
            tier=tier,
            started_at=at,
            marks=rules.marks_of(level, timer, at, shop),
        )
    ]


def start_all(uow: UnitOfWork, tools: Toolbox, case: Case) -> duty.Level:
    """Start what runs from the first message on; return the level."""
    begin(uow, tools, case, [Timer.FIRST, Timer.WORD, Timer.RESOLVE], case.opened_at)
    return levels.level_of(uow, tools, case)


def promised(uow: UnitOfWork, tools: Toolbox, case: Case, promise: cases.Promise) -> bool:
    """Start the clock of a promise; False when it runs."""
    level = levels.level_of(uow, tools, case)
    hours = level.clock(duty.rota(uow, tools).shop)
    return book.start(
        uow,
        case,
        book.name_of(Timer.PROMISE, promise.id),
        level=level.name,
        tier=members.tier_of(uow, case.member),
        started_at=promise.at,
        marks=rules.marks_until(hours, promise.at, promise.due_at),
    )


def answered(uow: UnitOfWork, tools: Toolbox, case: Case, at: datetime) -> None:
    """Stop what waits for a human's word; what goes on to the end stands still meanwhile."""
    clocks = book.running_of(uow, case.id)
    stop(uow, tools, (one for one in clocks if one.timer in _ANSWERED), at, Stop.ANSWERED)
    for clock in clocks:
        if clock.timer is Timer.RESOLVE:
            book.pause(uow, clock, at)
    settle_promises(uow, tools, case.id, clocks)
    begin(uow, tools, case, [Timer.WORD], at)


def settle_promises(uow: UnitOfWork, tools: Toolbox, number: int, clocks: Iterable[Clock]) -> None:
    """Stop the clocks of promises that were kept, or broken."""
    watching = [one for one in clocks if one.timer is Timer.PROMISE]
    if not watching:
        return
    promises = {one.id: one for one in cases.promises_of(uow, number)}
    for clock in watching:
        promise = promises.get(clock.promise)
        if promise is None:
            stop(uow, tools, [clock], uow.clock.now(), Stop.ENDED)
        elif promise.ended_at is not None:
            by = Stop.KEPT if promise.is_kept else Stop.BROKEN
            stop(uow, tools, [clock], promise.ended_at, by)


def heard(uow: UnitOfWork, tools: Toolbox, case: Case, at: datetime) -> None:
    """Let clocks go on: it is our turn again."""
    for clock in book.running_of(uow, case.id):
        if clock.paused_at is not None:
            _go_on(uow, tools, case, clock, max(at, clock.paused_at))
    if case.answered_at is not None:
        begin(uow, tools, case, [Timer.NEXT], at)


def _go_on(uow: UnitOfWork, tools: Toolbox, case: Case, clock: Clock, at: datetime) -> None:
    """Let a clock go on that stood still: as if it had started so much later."""
    level = levels.level_named(uow, tools, clock.level, case)
    started_at = clock.started_at + (at - (clock.paused_at or at))
    marks = rules.marks_of(level, clock.timer, started_at, duty.rota(uow, tools).shop)
    if clock.breached_at is not None:
        marks = clock.marks  # what is over is over
    book.change(uow, clock, level=level.name, started_at=started_at, marks=marks)


def tighten(uow: UnitOfWork, tools: Toolbox, case: Case) -> duty.Level:
    """Bring clocks forward where the case has become graver; return its level.

    They count from where they began. Nothing is put off.
    """
    level, shop = levels.level_of(uow, tools, case), duty.rota(uow, tools).shop
    for clock in book.running_of(uow, case.id):
        before = levels.level_named(uow, tools, clock.level, case)
        if clock.timer is Timer.PROMISE or level == before or not rules.is_tighter(level, before):
            continue
        marks = rules.marks_of(level, clock.timer, clock.started_at, shop).earliest(clock.marks)
        is_still = clock.paused_at
        book.change(uow, clock, level=level.name, started_at=clock.started_at, marks=marks)
        if is_still is not None:
            book.pause(uow, clock, is_still)
    begin(uow, tools, case, [Timer.WORD], case.spoke_at or case.heard_at)
    return level


def stop(uow: UnitOfWork, tools: Toolbox, clocks: Iterable[Clock], at: datetime, by: Stop) -> None:
    """Stop clocks, and note the business seconds that they took."""
    book_of_duty = duty.rota(uow, tools)
    shop, known = book_of_duty.shop, {one.name: one for one in book_of_duty.roster.all_levels}
    for clock in clocks:
        hours = known[clock.level].clock(shop) if clock.level in known else shop
        until = clock.paused_at or at
        book.stop(uow, clock, at, by, used_s=hours.business_s(clock.started_at, until))


def end(uow: UnitOfWork, tools: Toolbox, number: int) -> None:
    """Stop the clocks of a case that is over; what an advisor has promised is watched on."""
    clocks, now = book.running_of(uow, number), uow.clock.now()
    stop(uow, tools, (one for one in clocks if one.timer is not Timer.PROMISE), now, Stop.ENDED)
    for promise in cases.promises_of(uow, number):
        if promise.what == cases.ANSWER and promise.ended_at is None:
            cases.end(uow, promise.id, who="bot", is_kept=now <= promise.due_at)
    settle_promises(uow, tools, number, clocks)

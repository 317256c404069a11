"""What clocks tell those who look: when a case is due, and how soon humans answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.commons.clocks import book
from bot.commons.clocks.book import Clock
from bot.commons.clocks.rules import Marks, Rung, Stop, Timer, percentile, share
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer, micros

_BREACHED = Statement(
    "SELECT count(DISTINCT case_id) FROM case_clocks WHERE stopped_at IS NULL"
    " AND breached_at IS NOT NULL"
)
_OLDEST_NEW = Statement("SELECT min(opened_at) FROM cases WHERE state = 'new'")
_STEPS = Statement(
    "SELECT step, count(*) FROM case_ladder WHERE at >= :since AND at < :until GROUP BY step"
)
_FIRST = Statement(
    "SELECT tier, used_s, CASE WHEN stopped_at <= due_at THEN 1 ELSE 0 END FROM case_clocks"
    f" WHERE timer = '{Timer.FIRST}' AND stopped_at >= :since AND stopped_at < :until"
    f" AND stopped_by = '{Stop.ANSWERED}'"
)


@dataclass(frozen=True, slots=True)
class Due:
    """What a case is due for first."""

    at: datetime
    timer: Timer
    level: str
    """Name of the service level."""
    started_at: datetime
    marks: Marks
    breached_at: datetime | None
    """When somebody was told that the time is over."""

    def share(self, now: datetime) -> float:
        """Return how much of the time is used up: 0 to 1, 1 when it is over."""
        return share(self.started_at, self.marks, now)


@dataclass(frozen=True, slots=True)
class FirstResponses:
    """How soon a human wrote first, in business seconds."""

    count: int
    in_time: int
    p50_s: int
    p90_s: int


def due_of(uow: UnitOfWork, case: int) -> Due | None:
    """Return what a case is due for first; None while it is the member's turn, or it has ended."""
    return _first(book.running_of(uow, case))


def dues(uow: UnitOfWork) -> Mapping[int, Due]:
    """Return what each open case is due for first; those with nothing due are left out."""
    found = {case: _first(clocks) for case, clocks in book.running(uow).items()}
    return {case: due for case, due in found.items() if due is not None}


def breached_now(uow: UnitOfWork) -> int:
    """Return how many cases wait for something whose time is over."""
    return integer(uow.run(_BREACHED)[0][0])


def oldest_unassigned_s(uow: UnitOfWork) -> float:
    """Return for how long the case waits that nobody was asked for; 0 for none."""
    oldest = uow.run(_OLDEST_NEW)[0][0]
    if oldest is None:
        return 0.0
    return max(0.0, (micros(uow.clock.now()) - integer(oldest)) / 1_000_000)


def steps_used(uow: UnitOfWork, since: datetime, until: datetime) -> Mapping[Rung, int]:
    """Return how often each step of the ladder was taken in a span of time."""
    rows = uow.run(_STEPS, since=micros(since), until=micros(until))
    return {Rung(str(step)): integer(count) for step, count in rows}


def first_responses(
    uow: UnitOfWork, since: datetime, until: datetime
) -> Mapping[str, FirstResponses]:
    """Return, by tier (empty for none), how soon humans wrote first who did in a span of time.

    The tier is the one that the member had when she was in need.
    """
    taken: dict[str, list[tuple[int, int]]] = {}
    for tier, used_s, in_time in uow.run(_FIRST, since=micros(since), until=micros(until)):
        taken.setdefault(str(tier), []).append((integer(used_s), integer(in_time)))
    found = {}
    for tier, times in taken.items():
        seconds = sorted(used_s for used_s, _ in times)
        in_time = sum(kept for _, kept in times)
        middle, late = percentile(seconds, 0.5), percentile(seconds, 0.9)
        found[tier] = FirstResponses(len(seconds), in_time, middle, late)
    return found


def _first(clocks: Sequence[Clock]) -> Due | None:
    for clock in clocks:
        if clock.paused_at is None:
            return Due(
                clock.marks.due_at,
                clock.timer,
                clock.level,
                clock.started_at,
                clock.marks,
                clock.breached_at,
            )
    return None

"""What clocks of cases there are, when they ring, and who is told in what order. No database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from bot.commons.cases import Kind, is_gravest
from bot.commons.duty import Hours, Level, NeverOpens
from bot.commons.duty import Kind as LevelKind
from bot.commons.duty import Timer as LevelTimer

HIGH_VALUE_TAG = "高价值"
"""A tag by which a member has the levels of high value."""
_FAR = timedelta(days=400)


class Timer(StrEnum):
    """What runs for a case, each by itself: none stops or moves another."""

    FIRST = "first"
    """From her message to the first word of a human."""
    NEXT = "next"
    """From a later message of hers to the next word of a human."""
    WORD = "word"
    """From a human's word to the next one on how things stand; only where a level has it."""
    RESOLVE = "resolve"
    """To the end; stands still while it is the member's turn."""
    PROMISE = "promise"
    """To what she was promised."""


class Stop(StrEnum):
    """Why a clock has stopped."""

    ANSWERED = "answered"
    """A human wrote to her."""
    ENDED = "ended"
    """The case was resolved, closed, or opened anew."""
    KEPT = "kept"
    BROKEN = "broken"
    """A promise was not kept."""


class Rung(StrEnum):
    """Who is told when the time is over, from the bottom up."""

    ADVISOR = "advisor"
    """Who has the case is reminded."""
    DEPUTY = "deputy"
    """Somebody else is asked: her deputy where there is one."""
    ANOTHER = "another"
    """And somebody else again."""
    SUPERVISOR = "supervisor"
    OPERATIONS = "operations"


class Stage(StrEnum):
    """What is due on the way up; which rung it is depends on how the case stands then."""

    HOLDER = "holder"
    """Whoever has it is reminded; or, when nobody has taken it, the next one is asked."""
    SUPERVISOR = "supervisor"
    OPERATIONS = "operations"


@dataclass(frozen=True, slots=True)
class Marks:
    """When a clock rings."""

    half_at: datetime
    most_at: datetime
    due_at: datetime

    def earliest(self, other: "Marks") -> "Marks":
        """Return the earlier of each two: a clock is tightened, never loosened."""
        return Marks(
            min(self.half_at, other.half_at),
            min(self.most_at, other.most_at),
            min(self.due_at, other.due_at),
        )


def level_kind(kind: Kind, severity: int) -> LevelKind:
    """Return under which kind of service level a case comes."""
    if is_gravest(kind, severity):
        return LevelKind.SAFETY
    if kind is Kind.COMPLAINT:
        return LevelKind.COMPLAINT
    # a question of anybody who is no valued member has the level of a wish for a human
    return LevelKind.PURCHASE if kind is Kind.VALUE else LevelKind.QUESTION


def has(level: Level, timer: Timer) -> bool:
    """Return whether a level has such a timer."""
    if timer is Timer.WORD:
        return level.word_s is not None
    if timer is Timer.RESOLVE:
        return level.resolve_s is not None or level.resolve_days is not None
    return True


def marks_of(level: Level, timer: Timer, started_at: datetime, shop: Hours) -> Marks:
    """Return when a clock that began at an instant rings; far away for a shop that never opens."""
    try:
        found = [level.due(LevelTimer(timer), started_at, shop, share) for share in (0.5, 0.8, 1.0)]
    except NeverOpens:
        found = [None]
    if None in found:
        far = started_at + _FAR
        return Marks(far, far, far)
    half, most, due = (one for one in found if one is not None)
    return Marks(min(half, due), min(most, due), due)


def marks_until(hours: Hours, since: datetime, due_at: datetime) -> Marks:
    """Return when what was promised until a time rings, by the hours in between."""
    between_s = hours.business_s(since, due_at)
    if between_s <= 0:
        return Marks(due_at, due_at, due_at)
    half, most = (hours.after(since, between_s * share) for share in (0.5, 0.8))
    return Marks(min(half, due_at), min(most, due_at), due_at)


def stages(level: Level, timer: Timer) -> Sequence[tuple[Stage, float]]:
    """Return the way up the ladder: each stage, and so many seconds after the time is over.

    A supervisor is told as long after the time is over as with a first answer, and operations a
    step later. Whoever works on a solution is not relieved of it, and what was promised is told
    at once to those who can still save it.
    """
    if timer is Timer.PROMISE:
        return [(Stage.OPERATIONS, 0)]
    to_supervisor_s = max(0, level.supervisor_s - level.first_s)
    way: list[tuple[Stage, float]] = [(Stage.HOLDER, 0)]
    if level.next_s < to_supervisor_s and timer is not Timer.RESOLVE:
        way.append((Stage.HOLDER, level.next_s))
    way.append((Stage.SUPERVISOR, to_supervisor_s))
    way.append((Stage.OPERATIONS, to_supervisor_s + level.next_s))
    return way


def rungs_of(stage: Stage, timer: Timer, *, is_taken: bool) -> Sequence[Rung]:
    """Return the rungs of a stage; the first that was not used yet is."""
    if stage is not Stage.HOLDER:
        return [Rung(stage.value)]
    if not is_taken:
        return [Rung.DEPUTY, Rung.ANOTHER]
    return [Rung.ADVISOR] if timer is Timer.RESOLVE else [Rung.ADVISOR, Rung.DEPUTY]


def is_tighter(new: Level, old: Level) -> bool:
    """Return whether a level is at least as strict as another."""
    return (new.severity, new.first_s) <= (old.severity, old.first_s)


def share(started_at: datetime, marks: Marks, now: datetime) -> float:
    """Return how much of a clock's time is used up; 1 and more when it is over.

    Exact where it rings, and by the watch between: nobody reads a calendar for it.
    """
    points = [
        (started_at, 0.0),
        (marks.half_at, 0.5),
        (marks.most_at, 0.8),
        (marks.due_at, 1.0),
    ]
    if now >= marks.due_at:
        return 1.0
    for (since, low), (until, high) in pairwise(points):
        if now < until:
            whole = (until - since).total_seconds()
            gone = max(0.0, (now - since).total_seconds())
            return low + (high - low) * (gone / whole if whole else 0.0)
    return 1.0


def percentile(sorted_s: Sequence[int], share: float) -> int:
    """Return the value that so large a share does not exceed; 0 for no values."""
    if not sorted_s:
        return 0
    place = -(-len(sorted_s) * round(share * 100) // 100)
    return sorted_s[max(0, place - 1)]

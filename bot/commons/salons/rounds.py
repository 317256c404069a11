"""What everybody of a salon is told, each once: written down first, then told in bites.

Whoever has something to tell begins a round; the room whose matter it is goes round.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.commons.salons import reads
from bot.commons.salons.kinds import Told
from bot.commons.salons.reads import SalonView, SignupView
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_BITE = 100
"""So many members are written to in one unit of work."""
_MOST_SHOWN = 8

_BEGIN = Statement(
    "INSERT INTO salon_rounds (salon_id, key, what, words, at, next_number, done_at)"
    " VALUES (:salon, :key, :what, :words, :at, 0, :done) ON CONFLICT (salon_id, key) DO NOTHING"
    " RETURNING id"
)
_OPEN = Statement(
    "SELECT id, salon_id FROM salon_rounds WHERE done_at IS NULL"
    " AND CASE what WHEN 'feedback' THEN 1 ELSE 0 END = :over ORDER BY id LIMIT 1"
)
_ONE = Statement(
    "SELECT id, salon_id, key, what, words, at, next_number FROM salon_rounds"
    " WHERE id = :round AND done_at IS NULL"
)
_NEXT = Statement(
    "SELECT member_id, number FROM salon_signups WHERE salon_id = :salon AND number >= :first"
    " ORDER BY number LIMIT :most"
)
_TOLD = Statement("UPDATE salon_rounds SET next_number = :next, done_at = :done WHERE id = :round")
_LATEST = Statement(
    "SELECT what, words, at, done_at FROM salon_rounds WHERE salon_id = :salon"
    " ORDER BY id DESC LIMIT :most"
)
_COUNT_OPEN = Statement("SELECT COUNT(*) FROM salon_rounds WHERE done_at IS NULL")


@dataclass(frozen=True, slots=True)
class Round:
    """One thing that everybody is told."""

    id: int
    salon: int
    key: str
    what: Told
    words: str
    at: datetime
    following: int


Tell = Callable[[SalonView, Round, SignupView], None]
"""Tells one member, if it concerns her."""


def changed_key(sequence: int) -> str:
    """Return the key under which a change of time or place is told."""
    return f"{Told.CHANGED}:{sequence}"


def begin(
    uow: UnitOfWork,
    salon: int,
    key: str,
    *,
    words: str = "",
    at: datetime | None = None,
    is_done: bool = False,
) -> bool:
    """Begin to tell everybody something; False when that has begun before.

    Args:
        uow: the unit of work.
        salon: its id.
        key: what is told (`Told`), and after a colon which one of its kind.
        words: what is said, where that is not the same each time.
        at: who came later has heard it already; now without it.
        is_done: it is left out.
    """
    now = uow.clock.now()
    done = micros(now) if is_done else None
    what, since = key.partition(":")[0], micros(at or now)
    return bool(uow.run(_BEGIN, salon=salon, key=key, what=what, words=words, at=since, done=done))


def go_on(
    uow: UnitOfWork,
    tell: Tell,
    *,
    over: bool = False,
    is_true: Callable[[SalonView, Round], bool] = lambda _found, _round: True,
) -> bool:
    """Tell some of those who wait to be told; True while there are more.

    Args:
        uow: the unit of work.
        tell: tells one member.
        over: what is told when a salon is over, and nothing else; else all but that.
        is_true: False for what something later has overtaken.
    """
    rows = uow.run(_OPEN, over=int(over))
    if not rows:
        return False
    found = reads.held(uow, integer(rows[0][1]))
    round_ = _round(uow, integer(rows[0][0]))  # as it is now that nobody else is at it
    if round_ is None:
        return True
    if found is None or not is_true(found, round_):
        _note(uow, round_, round_.following, is_done=True)
        return True
    bite = uow.run(_NEXT, salon=found.id, first=round_.following, most=_BITE)
    for member, _ in bite:
        mine = reads.signup(uow, found.id, MemberId(integer(member)))
        if mine is not None:
            tell(found, round_, mine)
    following = integer(bite[-1][1]) + 1 if bite else round_.following
    _note(uow, round_, following, is_done=len(bite) < _BITE)
    return True


def _round(uow: UnitOfWork, number: int) -> Round | None:
    """Return a round that is not done; None when another replica was quicker."""
    for found, salon, key, what, words, at, following in uow.run(_ONE, round=number):
        told = Told(str(what))
        about = (integer(found), integer(salon), str(key), told, str(words), instant(at))
        return Round(*about, integer(following))
    return None


def _note(uow: UnitOfWork, round_: Round, following: int, *, is_done: bool) -> None:
    done = micros(uow.clock.now()) if is_done else None
    uow.run(_TOLD, round=round_.id, next=following, done=done)


def latest(uow: UnitOfWork, salon: int) -> list[Mapping[str, object]]:
    """Return what everybody of a salon was told, for operators; the latest in front."""
    return [
        {"what": str(what), "words": str(words), "at": instant(at), "is_done": done is not None}
        for what, words, at, done in uow.run(_LATEST, salon=salon, most=_MOST_SHOWN)
    ]


def count_open(uow: UnitOfWork) -> int:
    """Return how many things are being told."""
    return integer(uow.run(_COUNT_OPEN)[0][0])

"""Ideas as the room's doors need them."""

from dataclasses import dataclass
from datetime import datetime

from bot.features.ideas.rules import OPEN, RewardKind, RewardState, State
from bot.kernel.ids import MemberId
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

# Her own support does not count, also where she supported it before two members became one.
SUPPORTERS = (
    "(SELECT COUNT(*) FROM idea_supports s WHERE s.idea_id = i.id"
    " AND (i.member_id IS NULL OR s.member_id <> i.member_id))"
)
_SELECT = (
    "SELECT i.id, i.member_id, i.words, i.flags, i.is_shown, i.state, i.made_at, i.since,"
    f" i.due_at, i.into_id, {SUPPORTERS} AS supporters FROM ideas i"
)
_ONE = Statement(f"{_SELECT} WHERE i.id = :idea")
_HOLD = Statement("UPDATE ideas SET state = state WHERE id = :idea")
_SHOWN = Statement(
    f"{_SELECT} WHERE i.is_shown = 1 AND i.state IN ('new', 'review')"
    " ORDER BY supporters DESC, i.id DESC LIMIT :most"
)
_MINE = Statement(f"{_SELECT} WHERE i.member_id = :member ORDER BY i.id DESC LIMIT :most")
_WAITING = Statement(
    f"{_SELECT} WHERE i.state IN ('new', 'review') ORDER BY i.due_at, i.id LIMIT :most"
)
_DECIDED = Statement(
    f"{_SELECT} WHERE i.state NOT IN ('new', 'review') ORDER BY i.since DESC, i.id DESC LIMIT :most"
)
_ALL = Statement(f"{_SELECT} ORDER BY i.id")
_SUPPORTED = Statement("SELECT idea_id FROM idea_supports WHERE member_id = :member")
_REPLY = Statement(
    "SELECT reply, who, at FROM idea_steps WHERE idea_id = :idea ORDER BY id DESC LIMIT 1"
)
_OVERDUE = Statement(
    "SELECT COUNT(*), MIN(due_at) FROM ideas WHERE state IN ('new', 'review') AND due_at <= :now"
)
_REWARD = Statement(
    "SELECT kind, points, what, why, state, asked_by, settled_by FROM idea_rewards"
    " WHERE idea_id = :idea"
)


@dataclass(frozen=True, slots=True)
class IdeaView:
    """An idea with the number of its supporters."""

    id: int
    member: MemberId | None
    words: str
    flags: tuple[str, ...]
    is_shown: bool
    state: State
    made_at: datetime
    since: datetime
    due_at: datetime | None
    into: int | None
    supporters: int

    @property
    def is_open(self) -> bool:
        """True while it is not decided."""
        return self.state in OPEN

    @property
    def is_public(self) -> bool:
        """True when everybody may read it."""
        return self.is_shown and self.state is not State.WITHDRAWN


@dataclass(frozen=True, slots=True)
class Step:
    """The latest answer to an author."""

    reply: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reward:
    """A reward that was asked for."""

    kind: RewardKind
    points: int
    what: str
    why: str
    state: RewardState
    asked_by: str
    settled_by: str


def idea(uow: UnitOfWork, number: int) -> IdeaView | None:
    """Return an idea; None when there is none."""
    rows = uow.run(_ONE, idea=number)
    return _view(rows[0]) if rows else None


def held(uow: UnitOfWork, number: int) -> IdeaView | None:
    """Return an idea and keep it to the commit, so that nobody else counts meanwhile."""
    uow.run(_HOLD, idea=number)
    return idea(uow, number)


def shown(uow: UnitOfWork, *, most: int) -> list[IdeaView]:
    """Return what can be supported, what most people are for in front."""
    return [_view(row) for row in uow.run(_SHOWN, most=most)]


def of_member(uow: UnitOfWork, member: MemberId, *, most: int) -> list[IdeaView]:
    """Return a member's own ideas, the newest first."""
    return [_view(row) for row in uow.run(_MINE, member=member, most=most)]


def waiting(uow: UnitOfWork, *, most: int) -> list[IdeaView]:
    """Return what is not decided, what is due first in front."""
    return [_view(row) for row in uow.run(_WAITING, most=most)]


def decided(uow: UnitOfWork, *, most: int) -> list[IdeaView]:
    """Return what is decided, the latest first."""
    return [_view(row) for row in uow.run(_DECIDED, most=most)]


def every(uow: UnitOfWork) -> list[IdeaView]:
    """Return all ideas, the oldest first."""
    return [_view(row) for row in uow.run(_ALL)]


def supported_by(uow: UnitOfWork, member: MemberId) -> frozenset[int]:
    """Return the ideas that a member is for."""
    return frozenset(integer(row[0]) for row in uow.run(_SUPPORTED, member=member))


def last_step(uow: UnitOfWork, number: int) -> Step | None:
    """Return the latest answer to the author of an idea; None when there was none."""
    rows = uow.run(_REPLY, idea=number)
    return Step(str(rows[0][0]), str(rows[0][1]), instant(rows[0][2])) if rows else None


def overdue(uow: UnitOfWork) -> tuple[int, datetime | None]:
    """Return how many promised answers are late, and since when the latest of them."""
    count, first = uow.run(_OVERDUE, now=micros(uow.clock.now()))[0]
    return integer(count), None if first is None else instant(first)


def reward_of(uow: UnitOfWork, number: int) -> Reward | None:
    """Return the reward of an idea; None when nobody has asked for one."""
    rows = uow.run(_REWARD, idea=number)
    if not rows:
        return None
    kind, points, what, why, state, asked_by, settled_by = rows[0]
    return Reward(
        RewardKind(str(kind)),
        integer(points),
        str(what),
        str(why),
        RewardState(str(state)),
        str(asked_by),
        str(settled_by),
    )


def _view(row: Row) -> IdeaView:
    number, member, words, flags, is_shown, state, made, since, due, into, supporters = row
    return IdeaView(
        id=integer(number),
        member=None if member is None else MemberId(integer(member)),
        words=str(words),
        flags=tuple(str(flags).split()),
        is_shown=bool(is_shown),
        state=State(str(state)),
        made_at=instant(made),
        since=instant(since),
        due_at=None if due is None else instant(due),
        into=None if into is None else integer(into),
        supporters=integer(supporters),
    )

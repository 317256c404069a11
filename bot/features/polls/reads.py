"""Polls and ballots as the room's doors need them."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from bot.features.polls.rules import FIRST_NUMBER, Outcome, State, Vote
from bot.kernel.ids import MemberId
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_COLUMNS = (
    "id, path, title, words, options, max_choices, opens_at, closes_at, results, eligible,"
    " points, goal_points, quorum, tie, state, outcome, closed_at"
)
_ONE = Statement(f"SELECT {_COLUMNS} FROM polls WHERE id = :poll")
_HOLD = Statement("UPDATE polls SET state = state WHERE id = :poll")
_STARTED = Statement(
    f"SELECT {_COLUMNS} FROM polls WHERE state = 'open' AND opens_at <= :now"
    " AND (closes_at IS NULL OR closes_at > :now) ORDER BY closes_at IS NULL, closes_at, id"
    " LIMIT :most"
)
_COMING = Statement(
    f"SELECT {_COLUMNS} FROM polls WHERE state = 'open' AND opens_at > :now"
    " ORDER BY opens_at, id LIMIT :most"
)
_LATEST = Statement(
    f"SELECT {_COLUMNS} FROM polls WHERE state <> 'withdrawn' ORDER BY opens_at DESC, id DESC"
    " LIMIT :most"
)
_MINE = Statement(
    "SELECT choices, at, paid FROM ballots WHERE poll_id = :poll AND member_id = :member"
)
_VOTES = Statement("SELECT choices, at, paid FROM ballots WHERE poll_id = :poll")
_VOTERS = Statement("SELECT COUNT(*) FROM ballots WHERE poll_id = :poll")


@dataclass(frozen=True, slots=True)
class Option:
    """One choice; its number is its place."""

    number: int
    text: str
    media: str = ""
    """A picture below the media folder."""


options_json: TypeAdapter[tuple[Option, ...]] = TypeAdapter(tuple[Option, ...])
outcome_json: TypeAdapter[Outcome] = TypeAdapter(Outcome)
words_json: TypeAdapter[tuple[str, ...]] = TypeAdapter(tuple[str, ...])


@dataclass(frozen=True, slots=True)
class PollView:
    """A poll as rooms' doors need it."""

    id: int
    path: str
    title: str
    words: str
    options: tuple[Option, ...]
    max_choices: int
    opens_at: datetime
    closes_at: datetime | None
    live: bool
    eligible: tuple[str, ...]
    points: int
    goal_points: int | None
    quorum: int
    tie: str
    state: State
    outcome: Outcome | None
    closed_at: datetime | None

    @property
    def number(self) -> int:
        """What members call it by."""
        return FIRST_NUMBER + self.id


def poll(uow: UnitOfWork, number: int) -> PollView | None:
    """Return the poll with an id; None when there is none."""
    rows = uow.run(_ONE, poll=number)
    return _view(rows[0]) if rows else None


def held(uow: UnitOfWork, number: int) -> PollView | None:
    """Return a poll and keep it to the commit: a ballot is in the count, or comes after it."""
    uow.run(_HOLD, poll=number)
    return poll(uow, number)


def open_polls(uow: UnitOfWork, *, most: int = 20) -> list[PollView]:
    """Return the polls that take ballots now, the one that ends first in front."""
    return [_view(row) for row in uow.run(_STARTED, now=micros(uow.clock.now()), most=most)]


def coming(uow: UnitOfWork, *, most: int = 3) -> list[PollView]:
    """Return the polls that will open, the first in front."""
    return [_view(row) for row in uow.run(_COMING, now=micros(uow.clock.now()), most=most)]


def latest(uow: UnitOfWork, *, most: int = 50) -> list[PollView]:
    """Return the polls, the newest first."""
    return [_view(row) for row in uow.run(_LATEST, most=most)]


def ballot_of(uow: UnitOfWork, member: MemberId, number: int) -> Vote | None:
    """Return a member's ballot in a poll; None when she has not voted."""
    rows = uow.run(_MINE, poll=number, member=member)
    return _vote(rows[0]) if rows else None


def votes(uow: UnitOfWork, number: int) -> list[Vote]:
    """Return all ballots of a poll, without names."""
    return [_vote(row) for row in uow.run(_VOTES, poll=number)]


def voters(uow: UnitOfWork, number: int) -> int:
    """Return how many have voted."""
    return integer(uow.run(_VOTERS, poll=number)[0][0])


def _vote(row: Row) -> Vote:
    choices, at, paid = row
    return Vote(tuple(int(each) for each in str(choices).split(",")), instant(at), integer(paid))


def _view(row: Row) -> PollView:
    number, path, title, words, options, most, opens, closes, results, eligible = row[:10]
    price, goal, quorum, tie, state, outcome, closed = row[10:]
    return PollView(
        id=integer(number),
        path=str(path),
        title=str(title),
        words=str(words),
        options=options_json.validate_json(str(options)),
        max_choices=integer(most),
        opens_at=instant(opens),
        closes_at=None if closes is None else instant(closes),
        live=results == "live",
        eligible=words_json.validate_json(str(eligible)),
        points=integer(price),
        goal_points=None if goal is None else integer(goal),
        quorum=integer(quorum),
        tie=str(tie),
        state=State(str(state)),
        outcome=outcome_json.validate_json(str(outcome)) if outcome else None,
        closed_at=None if closed is None else instant(closed),
    )

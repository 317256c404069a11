"""Challenges and who takes part, as the room's doors need them."""

from dataclasses import dataclass
from datetime import date, datetime

from pydantic import TypeAdapter

from bot.commons.coupons import Kind
from bot.features.challenges.rules import FIRST_NUMBER, Given, State, Terms
from bot.kernel.ids import MemberId
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer

kinds_json: TypeAdapter[tuple[Kind, ...]] = TypeAdapter(tuple[Kind, ...])

_COLUMNS = (
    "id, path, title, words, first_day, last_day, terms, kinds, state, next_member, gone_joined,"
    " gone_done"
)
_ONE = Statement(f"SELECT {_COLUMNS} FROM challenges WHERE id = :challenge")
_HOLD = Statement("UPDATE challenges SET state = state WHERE id = :challenge")
OPEN_ON = Statement(
    f"SELECT {_COLUMNS} FROM challenges WHERE last_day >= :day AND first_day <= :day"
    " AND state IN ('open', 'settling') ORDER BY last_day, id"
)
_TO_COME = Statement(
    f"SELECT {_COLUMNS} FROM challenges WHERE last_day >= :day AND state = 'open'"
    " ORDER BY first_day, last_day, id LIMIT :most"
)
_LATEST = Statement(
    f"SELECT {_COLUMNS} FROM challenges WHERE state <> 'withdrawn' ORDER BY id DESC LIMIT :most"
)
_MEMBER_COLUMNS = "challenge_id, member_id, joined_at, days, done_on, done_at, reward, prize"
_ENTRY = Statement(
    f"SELECT {_MEMBER_COLUMNS} FROM challenge_members"
    " WHERE challenge_id = :challenge AND member_id = :member"
)
_MINE = Statement(
    f"SELECT {_MEMBER_COLUMNS} FROM challenge_members WHERE member_id = :member"
    " ORDER BY challenge_id DESC LIMIT :most"
)
_DONE = Statement(
    f"SELECT {_MEMBER_COLUMNS} FROM challenge_members"
    " WHERE challenge_id = :challenge AND done_on IS NOT NULL ORDER BY done_at, member_id"
    " LIMIT :most"
)
_COUNTS = Statement(
    "SELECT COUNT(*), COUNT(done_on) FROM challenge_members WHERE challenge_id = :challenge"
)
_WINDOWS = Statement(
    "SELECT first_day, last_day, terms FROM challenges WHERE state IN ('open', 'settling')"
)
_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class View:
    """A challenge as it stands."""

    id: int
    path: str
    title: str
    words: str
    first: date
    last: date
    terms: Terms
    kinds: tuple[Kind, ...]
    state: State
    next_member: int
    gone_joined: int
    gone_done: int

    @property
    def number(self) -> int:
        """What members call it by."""
        return FIRST_NUMBER + self.id

    @property
    def length(self) -> int:
        """Days from the first to the last."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Part:
    """How one member stands in a challenge."""

    challenge: int
    member: MemberId
    joined_at: datetime
    days: int
    done_on: date | None
    done_at: datetime | None
    reward: Given
    prize: Given


def one(uow: UnitOfWork, challenge: int) -> View | None:
    """Return a challenge by its id."""
    rows = uow.run(_ONE, challenge=challenge)
    return _view(rows[0]) if rows else None


def held(uow: UnitOfWork, challenge: int) -> View | None:
    """Return a challenge and keep it to the commit, so that nobody else changes it."""
    uow.run(_HOLD, challenge=challenge)
    return one(uow, challenge)


def open_on(uow: UnitOfWork, day: date) -> list[View]:
    """Return the challenges for which a day counts."""
    return [_view(row) for row in uow.run(OPEN_ON, day=day.isoformat())]


def open_or_coming(uow: UnitOfWork, today: date, *, most: int = 20) -> list[View]:
    """Return the challenges that one can take part in, the earliest first."""
    return [_view(row) for row in uow.run(_TO_COME, day=today.isoformat(), most=most)]


def latest(uow: UnitOfWork, *, most: int = 50) -> list[View]:
    """Return the challenges, the newest first."""
    return [_view(row) for row in uow.run(_LATEST, most=most)]


@dataclass(frozen=True, slots=True)
class Window:
    """A span of days in which a check-in may matter to a challenge."""

    first: date
    last: date
    photo: bool


def windows(uow: UnitOfWork) -> tuple[Window, ...]:
    """Return the spans of all challenges that are not over."""
    return tuple(
        Window(_day(first), _day(last), Terms.model_validate_json(str(terms)).photo)
        for first, last, terms in uow.run(_WINDOWS)
    )


def part_of(uow: UnitOfWork, challenge: int, member: MemberId) -> Part | None:
    """Return how a member stands in a challenge; None when she does not take part."""
    rows = uow.run(_ENTRY, challenge=challenge, member=member)
    return _part(rows[0]) if rows else None


def parts_of(uow: UnitOfWork, member: MemberId, *, most: int = 30) -> list[Part]:
    """Return the challenges that a member takes part in, the newest first."""
    return [_part(row) for row in uow.run(_MINE, member=member, most=most)]


def completed(uow: UnitOfWork, challenge: int, *, most: int = _ALL) -> list[Part]:
    """Return who has completed a challenge, in that order."""
    return [_part(row) for row in uow.run(_DONE, challenge=challenge, most=most)]


def numbers_of(uow: UnitOfWork, view: View) -> tuple[int, int]:
    """Return how many take part and how many have completed it, erased members included."""
    joined, done = uow.run(_COUNTS, challenge=view.id)[0]
    return integer(joined) + view.gone_joined, integer(done) + view.gone_done


def _view(row: Row) -> View:
    number, path, title, words, first, last, terms, kinds, state, following = row[:10]
    return View(
        id=integer(number),
        path=str(path),
        title=str(title),
        words=str(words),
        first=_day(first),
        last=_day(last),
        terms=Terms.model_validate_json(str(terms)),
        kinds=kinds_json.validate_json(str(kinds)),
        state=State(str(state)),
        next_member=integer(following),
        gone_joined=integer(row[10]),
        gone_done=integer(row[11]),
    )


def _part(row: Row) -> Part:
    challenge, member, joined, days, done_on, done_at, reward, prize = row
    return Part(
        challenge=integer(challenge),
        member=MemberId(integer(member)),
        joined_at=instant(joined),
        days=integer(days),
        done_on=None if done_on is None else _day(done_on),
        done_at=None if done_at is None else instant(done_at),
        reward=Given(str(reward)),
        prize=Given(str(prize)),
    )


def _day(value: object) -> date:
    return date.fromisoformat(str(value))

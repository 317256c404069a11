"""Salons and their people as the rooms need them."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, Json, TypeAdapter

from bot.commons.salons.kinds import FIRST_NUMBER, News, Outcome, Place, State, Wave
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

words_json: TypeAdapter[tuple[str, ...]] = TypeAdapter(tuple[str, ...])
ahead_json: TypeAdapter[tuple[int, ...]] = TypeAdapter(tuple[int, ...])
outcome_json: TypeAdapter[Outcome] = TypeAdapter(Outcome)


def _outcome(kept: str) -> Outcome | None:
    return outcome_json.validate_json(kept) if kept else None


Moment = Annotated[datetime, BeforeValidator(instant)]
"""Kept as microseconds."""
Ended = Annotated[Outcome | None, BeforeValidator(_outcome)]
"""Kept as JSON; empty before."""


class NoSuchSalon(Refusal):
    """There is no salon of this number, or nothing to sign up for."""

    template = "console/no_salon.txt.j2"


@dataclass(frozen=True, slots=True)
class SalonView:
    """A salon, as its row says it."""

    id: int
    path: str
    revision: str
    title: str
    words: str
    starts_at: Moment
    ends_at: Moment
    place: str
    capacity: int | None
    guests_max: int
    invite: Json[tuple[str, ...]]
    invite_first: Json[tuple[str, ...]]
    first_hours: int
    invite_at: Moment
    signup_until: Moment
    reminders: Json[tuple[int, ...]]
    host: str
    no_show: str
    series: str
    state: State
    why: str
    sequence: int
    wave: Wave
    next_member: int
    first_done_at: Moment | None
    outcome: Ended

    @property
    def number(self) -> int:
        """What members call it by."""
        return FIRST_NUMBER + self.id


@dataclass(frozen=True, slots=True)
class SignupView:
    """One member's place."""

    member_id: MemberId
    number: int
    heads: int
    state: Place
    at: Moment
    in_at: Moment | None
    changes: int
    code: str
    tier: str
    tell: News
    came_at: Moment | None
    came_by: str
    stars: int | None
    said: str

    @property
    def is_there(self) -> bool:
        """True while she has a place or waits for one."""
        return self.state in (Place.IN, Place.WAITING)

    @property
    def member(self) -> MemberId:
        """Whose it is."""
        return self.member_id


_salon_row: TypeAdapter[SalonView] = TypeAdapter(SalonView)
_signup_row: TypeAdapter[SignupView] = TypeAdapter(SignupView)
_SALON = [each.name for each in fields(SalonView)]
_SIGNUP = [each.name for each in fields(SignupView)]

_COLUMNS, _PLACE = ", ".join(_SALON), ", ".join(_SIGNUP)
_ONE = Statement(f"SELECT {_COLUMNS} FROM salons WHERE id = :salon")
_HOLD = Statement("UPDATE salons SET state = state WHERE id = :salon")
_COMING = Statement(
    f"SELECT {_COLUMNS} FROM salons WHERE state = 'open' AND starts_at > :now"
    " ORDER BY starts_at, id LIMIT :most"
)
_LATEST = Statement(
    f"SELECT {_COLUMNS} FROM salons WHERE state <> 'withdrawn' AND starts_at > :since"
    " ORDER BY CASE state WHEN 'open' THEN 0 ELSE 1 END, starts_at, id LIMIT :most"
)
_HERS = Statement(
    f"SELECT {', '.join(f's.{name}' for name in _SALON)} FROM salons s"
    " JOIN salon_signups u ON u.salon_id = s.id WHERE u.member_id = :member"
    " AND u.state <> 'out' AND s.ends_at > :since ORDER BY s.starts_at, s.id LIMIT :most"
)
_MINE = Statement(
    f"SELECT {_PLACE} FROM salon_signups WHERE salon_id = :salon AND member_id = :member"
)
_ALL = Statement(
    f"SELECT {_PLACE} FROM salon_signups WHERE salon_id = :salon ORDER BY"
    " CASE state WHEN 'in' THEN 0 WHEN 'door' THEN 1 WHEN 'waiting' THEN 2 ELSE 3 END, at, number"
)
_TAKEN = Statement(
    "SELECT COALESCE(SUM(heads), 0) FROM salon_signups WHERE salon_id = :salon AND state = 'in'"
)
_IN_FRONT = Statement(
    "SELECT COUNT(*) FROM salon_signups u JOIN salon_signups mine ON mine.salon_id = u.salon_id"
    " WHERE u.salon_id = :salon AND mine.member_id = :member AND u.state = 'waiting'"
    " AND (u.at < mine.at OR (u.at = mine.at AND u.number < mine.number))"
)
_INVITED = Statement("SELECT COUNT(*) FROM salon_invitees WHERE salon_id = :salon")


def salon(uow: UnitOfWork, number: int) -> SalonView | None:
    """Return the salon with an id; None when there is none."""
    rows = uow.run(_ONE, salon=number)
    return _view(rows[0]) if rows else None


def held(uow: UnitOfWork, number: int) -> SalonView | None:
    """Return a salon and keep it to the commit: its places are given by one at a time."""
    uow.run(_HOLD, salon=number)
    return salon(uow, number)


def existing(uow: UnitOfWork, number: int) -> SalonView:
    """Return a salon that is planned, or was, and keep it to the commit.

    Raises:
        NoSuchSalon: there is none.
    """
    found = held(uow, number)
    if found is None or found.state is State.WITHDRAWN:
        raise NoSuchSalon(f"salon {number}", number=FIRST_NUMBER + number)
    return found


def coming(uow: UnitOfWork, *, most: int = 50) -> list[SalonView]:
    """Return the salons that have not begun, the next in front."""
    return [_view(row) for row in uow.run(_COMING, now=micros(uow.clock.now()), most=most)]


def latest(uow: UnitOfWork, since: datetime, *, most: int = 50) -> list[SalonView]:
    """Return the salons that began, or will begin, after an instant; those to come in front."""
    return [_view(row) for row in uow.run(_LATEST, since=micros(since), most=most)]


def hers(uow: UnitOfWork, member: MemberId, since: datetime, *, most: int = 20) -> list[SalonView]:
    """Return the salons that a member has signed up for and that ended after an instant."""
    return [_view(row) for row in uow.run(_HERS, member=member, since=micros(since), most=most)]


def signup(uow: UnitOfWork, number: int, member: MemberId) -> SignupView | None:
    """Return a member's place at a salon; None when she never had one."""
    rows = uow.run(_MINE, salon=number, member=member)
    return _signup(rows[0]) if rows else None


def signups(uow: UnitOfWork, number: int) -> list[SignupView]:
    """Return everybody of a salon: who is in, who came, the line in its order, who cancelled."""
    return [_signup(row) for row in uow.run(_ALL, salon=number)]


def taken(uow: UnitOfWork, number: int) -> int:
    """Return how many heads have a place."""
    return integer(uow.run(_TAKEN, salon=number)[0][0])


def in_front(uow: UnitOfWork, number: int, member: MemberId) -> int:
    """Return how many wait before a member who waits."""
    return integer(uow.run(_IN_FRONT, salon=number, member=member)[0][0])


def invited(uow: UnitOfWork, number: int) -> int:
    """Return how many were invited."""
    return integer(uow.run(_INVITED, salon=number)[0][0])


def _view(row: Row) -> SalonView:
    return _salon_row.validate_python(dict(zip(_SALON, row, strict=True)))


def _signup(row: Row) -> SignupView:
    return _signup_row.validate_python(dict(zip(_SIGNUP, row, strict=True)))

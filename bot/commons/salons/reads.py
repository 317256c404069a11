"""Salons and their people as the rooms need them."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from bot.commons.salons.kinds import FIRST_NUMBER, News, Outcome, Place, State, Wave
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_COLUMNS = (
    "id, path, revision, title, words, starts_at, ends_at, place, capacity, guests_max, invite,"
    " invite_first, first_hours, invite_at, signup_until, reminders, host, no_show, series, state,"
    " why, sequence, wave, next_member, first_done_at, outcome"
)
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
    f"SELECT {', '.join(f's.{name}' for name in _COLUMNS.split(', '))} FROM salons s"
    " JOIN salon_signups u ON u.salon_id = s.id WHERE u.member_id = :member"
    " AND u.state <> 'out' AND s.ends_at > :since ORDER BY s.starts_at, s.id LIMIT :most"
)
_SIGNUP = (
    "member_id, number, heads, state, at, in_at, changes, code, tier, tell, came_at, came_by,"
    " stars, said"
)
_MINE = Statement(
    f"SELECT {_SIGNUP} FROM salon_signups WHERE salon_id = :salon AND member_id = :member"
)
_ALL = Statement(
    f"SELECT {_SIGNUP} FROM salon_signups WHERE salon_id = :salon ORDER BY"
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


class NoSuchSalon(Refusal):
    """There is no salon of this number, or nothing to sign up for."""

    template = "console/no_salon.txt.j2"


@dataclass(frozen=True, slots=True)
class SalonView:
    """A salon."""

    id: int
    path: str
    revision: str
    title: str
    words: str
    starts_at: datetime
    ends_at: datetime
    place: str
    capacity: int | None
    guests_max: int
    invite: tuple[str, ...]
    invite_first: tuple[str, ...]
    first_hours: int
    invite_at: datetime
    signup_until: datetime
    reminders: tuple[int, ...]
    host: str
    no_show: str
    series: str
    state: State
    why: str
    sequence: int
    wave: Wave
    next_member: int
    first_done_at: datetime | None
    outcome: Outcome | None

    @property
    def number(self) -> int:
        """What members call it by."""
        return FIRST_NUMBER + self.id


@dataclass(frozen=True, slots=True)
class SignupView:
    """One member's place."""

    member: MemberId
    number: int
    heads: int
    state: Place
    at: datetime
    in_at: datetime | None
    changes: int
    code: str
    tier: str
    tell: News
    came_at: datetime | None
    came_by: str
    stars: int | None
    said: str

    @property
    def is_there(self) -> bool:
        """True while she has a place or waits for one."""
        return self.state in (Place.IN, Place.WAITING)


words_json: TypeAdapter[tuple[str, ...]] = TypeAdapter(tuple[str, ...])
ahead_json: TypeAdapter[tuple[int, ...]] = TypeAdapter(tuple[int, ...])
outcome_json: TypeAdapter[Outcome] = TypeAdapter(Outcome)


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


def _moment(value: object) -> datetime | None:
    return None if value is None else instant(value)


def _signup(row: Row) -> SignupView:
    member, number, heads, state, at, in_at, changes, code, tier, tell, came, by, stars, said = row
    return SignupView(
        member=MemberId(integer(member)),
        number=integer(number),
        heads=integer(heads),
        state=Place(str(state)),
        at=instant(at),
        in_at=_moment(in_at),
        changes=integer(changes),
        code=str(code),
        tier=str(tier),
        tell=News(str(tell)),
        came_at=_moment(came),
        came_by=str(by),
        stars=None if stars is None else integer(stars),
        said=str(said),
    )


def _view(row: Row) -> SalonView:
    number, path, revision, title, words, starts, ends, place, capacity, guests = row[:10]
    invite, first, hours, invite_at, until, reminders, host, no_show, series, state = row[10:20]
    why, sequence, wave, following, first_done, outcome = row[20:]
    return SalonView(
        id=integer(number),
        path=str(path),
        revision=str(revision),
        title=str(title),
        words=str(words),
        starts_at=instant(starts),
        ends_at=instant(ends),
        place=str(place),
        capacity=None if capacity is None else integer(capacity),
        guests_max=integer(guests),
        invite=words_json.validate_json(str(invite)),
        invite_first=words_json.validate_json(str(first)),
        first_hours=integer(hours),
        invite_at=instant(invite_at),
        signup_until=instant(until),
        reminders=ahead_json.validate_json(str(reminders)),
        host=str(host),
        no_show=str(no_show),
        series=str(series),
        state=State(str(state)),
        why=str(why),
        sequence=integer(sequence),
        wave=Wave(integer(wave)),
        next_member=integer(following),
        first_done_at=_moment(first_done),
        outcome=outcome_json.validate_json(str(outcome)) if outcome else None,
    )

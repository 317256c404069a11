"""At the door: who has come, on an advisor's phone. Whatever is sent twice counts once."""

from dataclasses import dataclass

from bot.commons import audit, members, salons
from bot.commons.salons import Place, SalonView, SignupView, State
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer, micros

_MOST_FOUND = 10

# The first tap counts; a form that is sent again changes nothing.
_CAME = Statement(
    "UPDATE salon_signups SET came_at = :now, came_by = :who"
    " WHERE salon_id = :salon AND member_id = :member AND came_at IS NULL RETURNING 1"
)
_NOT_CAME = Statement(
    "UPDATE salon_signups SET came_at = NULL, came_by = '',"
    " state = CASE state WHEN 'door' THEN 'out' ELSE state END"
    " WHERE salon_id = :salon AND member_id = :member AND came_at IS NOT NULL RETURNING 1"
)
_WALK_IN = Statement(
    "INSERT INTO salon_walk_ins (salon_id, key, heads, at, seen_by)"
    " VALUES (:salon, :key, :heads, :now, :who) ON CONFLICT (salon_id, key) DO NOTHING"
)
_LAST_WALK_IN = Statement(
    "DELETE FROM salon_walk_ins WHERE salon_id = :salon AND key = :key RETURNING heads"
)
_WALK_INS = Statement(
    "SELECT key, heads FROM salon_walk_ins WHERE salon_id = :salon ORDER BY id DESC LIMIT 5"
)


class DoorClosed(Refusal):
    """The salon is not open: nobody is let in any more."""

    template = "doors/door_closed.txt.j2"


class NobodyThere(Refusal):
    """There is no such member any more."""

    template = "doors/nobody_there.txt.j2"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the door."""

    signup: SignupView
    name: str


def _open(uow: UnitOfWork, number: int) -> SalonView:
    found = salons.held(uow, number)
    if found is None or found.state is not State.OPEN:
        raise DoorClosed(f"salon {number}")
    return found


def came(uow: UnitOfWork, salon: int, member: MemberId, *, who: str) -> str:
    """Note that a member has come, signed up or not; return what to call her.

    Raises:
        DoorClosed: the salon is over or off.
        NobodyThere: there is no such member.
    """
    found = _open(uow, salon)
    if not members.exists(uow, member):
        raise NobodyThere(f"member {member}")
    mine = salons.signup(uow, found.id, member)
    now = uow.clock.now()
    if mine is None or mine.state is Place.OUT:
        salons.put(uow, found.id, member, Place.DOOR, heads=1, at=now)
    if uow.run(_CAME, salon=found.id, member=member, now=micros(now), who=who):
        audit.record(uow, who, "doors.came", f"salon {salon}", member=member)
    return members.display_name(uow, member) or ""


def not_came(uow: UnitOfWork, salon: int, member: MemberId, *, who: str) -> str:
    """Take back that a member has come; return what to call her.

    Raises:
        DoorClosed: the salon is over or off.
    """
    found = _open(uow, salon)
    if uow.run(_NOT_CAME, salon=found.id, member=member):
        audit.record(uow, who, "doors.not_came", f"salon {salon}", member=member)
    return members.display_name(uow, member) or ""


def walk_in(uow: UnitOfWork, salon: int, key: str, heads: int, *, who: str) -> None:
    """Count people whom nobody knows; the same form counts once.

    Raises:
        DoorClosed: the salon is over or off.
    """
    found = _open(uow, salon)
    now = micros(uow.clock.now())
    uow.run(_WALK_IN, salon=found.id, key=key, heads=heads, now=now, who=who)


def no_walk_in(uow: UnitOfWork, salon: int, key: str) -> None:
    """Take back people who were counted by mistake.

    Raises:
        DoorClosed: the salon is over or off.
    """
    uow.run(_LAST_WALK_IN, salon=_open(uow, salon).id, key=key)


def walk_ins(uow: UnitOfWork, salon: int) -> list[tuple[str, int]]:
    """Return the latest walk-ins: the key of the form and how many."""
    return [(str(key), integer(heads)) for key, heads in uow.run(_WALK_INS, salon=salon)]


def people(uow: UnitOfWork, salon: int) -> list[Person]:
    """Return everybody who may come, those who have not yet in front."""
    there = [one for one in salons.signups(uow, salon) if one.state is not Place.OUT]
    named = [Person(one, members.display_name(uow, one.member) or "") for one in there]
    return sorted(named, key=lambda each: (each.signup.came_at is not None, each.signup.number))


def is_meant(person: Person, wanted: str) -> bool:
    """Return True when a search means somebody: by her name, her code or her number."""
    folded = wanted.strip().casefold()
    if folded in (person.signup.code.casefold(), str(person.signup.number)):
        return True
    return bool(folded) and folded in person.name.casefold()


def others(uow: UnitOfWork, wanted: str, salon: int) -> list[tuple[MemberId, str]]:
    """Return members with such a name who have not signed up."""
    if not wanted.strip():
        return []
    known = {one.signup.member for one in people(uow, salon)}
    found = members.search(uow, wanted.strip(), most=_MOST_FOUND)
    return [(one, members.display_name(uow, one) or "") for one in found if one not in known]

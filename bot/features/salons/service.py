"""Use cases of members: sign up for a salon, change it, cancel it."""

from dataclasses import dataclass
from datetime import datetime

from bot.commons import salons
from bot.commons.salons import Admission, Place, SalonView, SignupView, State, line
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.ports import Groups
from bot.kernel.work import Statement, UnitOfWork

_HEADS = Statement(
    "UPDATE salon_signups SET heads = :heads, changes = changes + 1, tell = ''"
    " WHERE salon_id = :salon AND member_id = :member"
)
_OUT = Statement(
    "UPDATE salon_signups SET state = 'out', in_at = NULL, tell = '', changes = changes + 1"
    " WHERE salon_id = :salon AND member_id = :member"
)
_ANSWERED = Statement(
    "UPDATE salon_signups SET tell = '' WHERE salon_id = :salon AND member_id = :member"
    " AND tell <> ''"
)


class NotOpen(Refusal):
    """The salon takes nobody: not yet, no more, or it does not take place."""

    template = "salons/not_open.txt.j2"


class NotInvited(Refusal):
    """The salon is for others, or for others first."""

    template = "salons/not_invited.txt.j2"


class BadHeads(Refusal):
    """Not so many may come with her."""

    template = "salons/bad_heads.txt.j2"


class NoRoom(Refusal):
    """There are no places for more guests; her own stays as it is."""

    template = "salons/no_room.txt.j2"


class NotSignedUp(Refusal):
    """She has no place that could be cancelled."""

    template = "salons/not_signed_up.txt.j2"


class TooLate(Refusal):
    """The salon has begun."""

    template = "salons/too_late.txt.j2"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a member wants."""

    member: MemberId
    salon: int
    """Its id."""
    at: datetime
    """When she wrote; that decides whether it was in time, and her place in the line."""
    heads: int | None = None
    """With herself; None for as many as before, else one."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What became of it."""

    salon: SalonView
    signup: SignupView
    is_same: bool
    """Nothing changed: she had said so before."""
    in_front: int
    """How many wait before her."""


def sign_up(uow: UnitOfWork, groups: Groups, wish: Wish) -> Signed:
    """Give a member a place, or one in the line; twice is the same as once.

    Raises:
        NoSuchSalon: there is none.
        NotOpen: it takes nobody now.
        BadHeads: not so many.
        NotInvited: it is for others, or for others first.
        NoRoom: she has a place, and there are none for more guests.
    """
    found = salons.existing(uow, wish.salon)
    mine = salons.signup(uow, found.id, wish.member)
    if mine is not None and mine.is_there and wish.heads in {None, mine.heads}:
        return _signed(uow, found, wish.member, is_same=True)
    _check_open(found, wish.at)
    heads = 1 if wish.heads is None else wish.heads
    if not 1 <= heads <= 1 + found.guests_max or not salons.fits(found.capacity, 0, heads):
        raise BadHeads(f"{heads} heads", salon=found, most=_most(found))
    if mine is not None and mine.is_there:
        _change(uow, found, mine, heads)
    else:
        _check_admitted(uow, groups, found, wish)
        salons.put(uow, found.id, wish.member, Place.WAITING, heads=heads, at=wish.at)
    line.settle(uow, found, min(wish.at, uow.clock.now()))
    uow.run(_ANSWERED, salon=found.id, member=wish.member)
    return _signed(uow, found, wish.member, is_same=False)


def _most(found: SalonView) -> int:
    most = 1 + found.guests_max
    return most if found.capacity is None else min(most, found.capacity)


def _check_open(found: SalonView, at: datetime) -> None:
    if found.state is State.CANCELLED:
        raise NotOpen(f"salon {found.id} is off", salon=found, what="cancelled")
    if found.state is not State.OPEN or at >= found.signup_until:
        what = "begun" if at >= found.starts_at else "closed"
        raise NotOpen(f"salon {found.id} at {at}", salon=found, what=what)


def _check_admitted(uow: UnitOfWork, groups: Groups, found: SalonView, wish: Wish) -> None:
    admission = salons.admit(uow, groups, found, wish.member, wish.at)
    if admission is not Admission.OPEN:
        words = {"admission": admission, "opens_at": salons.opens_at(found)}
        raise NotInvited(f"{wish.member}: {admission}", salon=found, **words)


def _change(uow: UnitOfWork, found: SalonView, mine: SignupView, heads: int) -> None:
    """Let her come with more or fewer guests; who has a place does not overtake the line."""
    if mine.state is Place.IN and heads > mine.heads:
        has_line = any(one.state is Place.WAITING for one in salons.signups(uow, found.id))
        more = heads - mine.heads
        if has_line or not salons.fits(found.capacity, salons.taken(uow, found.id), more):
            raise NoRoom(f"{more} more", salon=found, signup=mine, wanted=heads)
    uow.run(_HEADS, salon=found.id, member=mine.member, heads=heads)


def _signed(uow: UnitOfWork, found: SalonView, member: MemberId, *, is_same: bool) -> Signed:
    mine = salons.signup(uow, found.id, member)
    if mine is None:
        raise NotSignedUp(f"member {member}", salon=found)
    waits = mine.state is Place.WAITING
    in_front = salons.in_front(uow, found.id, member) if waits else 0
    return Signed(found, mine, is_same, in_front)


def cancel(uow: UnitOfWork, wish: Wish) -> Signed:
    """Give up a place or the wait for one; twice is the same as once.

    Raises:
        NoSuchSalon: there is none.
        NotSignedUp: she never signed up.
        TooLate: it has begun.
    """
    found = salons.existing(uow, wish.salon)
    mine = salons.signup(uow, found.id, wish.member)
    if mine is None or mine.state is Place.DOOR:
        raise NotSignedUp(f"member {wish.member}", salon=found)
    if mine.state is Place.OUT:
        return _signed(uow, found, wish.member, is_same=True)
    if wish.at >= found.starts_at or found.state is State.OVER:
        raise TooLate(f"salon {found.id}", salon=found)
    uow.run(_OUT, salon=found.id, member=wish.member)
    line.settle(uow, found, uow.clock.now())
    return _signed(uow, found, wish.member, is_same=False)

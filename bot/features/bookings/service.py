"""Use cases of bookings (预约): one advisor is in one place, whoever books at the same time."""

from dataclasses import dataclass
from datetime import timedelta

from bot.commons import audience, audit
from bot.features.bookings.reads import (
    BookingView,
    Offer,
    advisor_of,
    free_slots,
    get,
    of_member,
    offers,
)
from bot.features.bookings.rules import Slot, State, may_change, quarters
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.ports import Groups
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer, micros

ADDRESS_CHARS = 200
_NUMBER = Statement(
    "INSERT INTO bookable_services (path) VALUES (:path) ON CONFLICT (path) DO NOTHING"
)
_OVER = Statement(
    "UPDATE bookings SET state = 'done' WHERE state = 'booked' AND ends_at <= :now RETURNING id"
)
_ADD = Statement(
    "INSERT INTO bookings (service_id, member_id, title, advisor, starts_at, ends_at, state,"
    " address, changes, changed_at, reminded, news, closed_by) VALUES (:service, :member, :title,"
    " :advisor, :starts, :ends, 'booked', :address, 0, :now, 0, 'booked', '')"
    " ON CONFLICT DO NOTHING RETURNING id"
)
# Who takes the first quarter waits for nobody; who comes second finds it taken.
TAKE = Statement(
    "INSERT INTO booked_quarters (advisor, quarter, booking_id)"
    " VALUES (:advisor, :quarter, :booking) ON CONFLICT (advisor, quarter) DO NOTHING RETURNING 1"
)
_FREE = Statement("DELETE FROM booked_quarters WHERE booking_id = :booking")
_MOVE = Statement(
    "UPDATE bookings SET starts_at = :starts, ends_at = :ends, advisor = :advisor,"
    " changes = changes + 1, changed_at = :now, reminded = 0, news = 'moved'"
    " WHERE id = :id AND state = 'booked' RETURNING 1"
)
_CANCEL = Statement(
    "UPDATE bookings SET state = 'cancelled', address = '', changes = changes + 1,"
    " news = 'cancelled', closed_by = :who WHERE id = :id AND state = 'booked' RETURNING 1"
)
_ADDRESS = Statement(
    "UPDATE bookings SET address = :address WHERE id = :id AND member_id = :member"
    " AND state = 'booked' RETURNING 1"
)
_FORGET = Statement(
    "UPDATE bookings SET address = '' WHERE address <> '' AND ends_at < :before RETURNING id"
)


class NoSuchService(Refusal):
    """Nothing of this number can be booked."""

    template = "bookings/no_service.txt.j2"


class NotForHer(Refusal):
    """It is for others; said with whom it is for."""

    template = "bookings/not_for_her.txt.j2"


class BadSlot(Refusal):
    """This is no time that can be booked; said with those that can."""

    template = "bookings/bad_slot.txt.j2"


class Taken(Refusal):
    """Somebody was quicker; nothing was written."""

    template = "bookings/taken.txt.j2"


class HasOne(Refusal):
    """She has booked this already, and may move it."""

    template = "bookings/has_one.txt.j2"


class HasNone(Refusal):
    """She has booked nothing of this kind."""

    template = "bookings/has_none.txt.j2"


class TooLate(Refusal):
    """It begins too soon to be changed by herself."""

    template = "bookings/too_late.txt.j2"


class BadAddress(Refusal):
    """An address is missing or too long."""

    template = "bookings/bad_address.txt.j2"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a member wants to book."""

    member: MemberId
    number: int
    slot: Slot
    address: str = ""


def offer_of(uow: UnitOfWork, tools: Toolbox, number: int, member: MemberId) -> Offer:
    """Return what a member may book by its number.

    Raises:
        NoSuchService: there is none.
        NotForHer: it is for others.
    """
    found = next((one for one in offers(uow, tools) if one.number == number), None)
    if found is None:
        raise NoSuchService(f"service {number}")
    if not is_for(uow, tools, found, member):
        raise NotForHer(f"service {number}", offer=found)
    return found


def is_for(uow: UnitOfWork, tools: Toolbox, offer: Offer, member: MemberId) -> bool:
    """Return True when a member may book it."""
    words = offer.terms.audience
    return not words or audience.includes(uow, words, member, tools.use(Groups))


def book(uow: UnitOfWork, tools: Toolbox, wish: Wish) -> BookingView:
    """Book a time for a member.

    Raises:
        NoSuchService, NotForHer: it is not hers to book.
        BadAddress: the address is too long.
        HasOne: she has one already.
        BadSlot: it is no time of this service, or too soon.
        Taken: somebody was quicker.
    """
    offer = offer_of(uow, tools, wish.number, wish.member)
    address = tidy_address(wish.address) if offer.terms.address else ""
    close_over(uow)
    if (hers := _hers(uow, wish.member, wish.number)) is not None:
        raise HasOne(f"booking {hers.id}", booking=hers, offer=offer)
    _check_slot(uow, tools, offer, wish.slot)
    added = uow.run(
        _ADD,
        service=offer.number,
        member=wish.member,
        title=offer.title,
        advisor=advisor_of(uow, tools, offer),
        starts=micros(wish.slot.starts_at),
        ends=micros(wish.slot.ends_at),
        address=address,
        now=micros(uow.clock.now()),
    )
    if not added:  # her other finger was quicker
        raise Taken("booked at the same time", offer=offer)
    number = integer(added[0][0])
    _take(uow, tools, offer, wish.slot, number)
    return _view(uow, number)


def move(uow: UnitOfWork, tools: Toolbox, wish: Wish) -> BookingView:
    """Move what a member has booked to another time.

    Raises:
        HasNone: there is nothing to move.
        TooLate: it begins too soon.
        NoSuchService, NotForHer, BadSlot, Taken: as for `book`.
    """
    offer = offer_of(uow, tools, wish.number, wish.member)
    hers = _changeable(uow, wish.member, offer)
    uow.run(_FREE, booking=hers.id)
    _check_slot(uow, tools, offer, wish.slot)
    values = {"starts": micros(wish.slot.starts_at), "ends": micros(wish.slot.ends_at)}
    now, advisor = micros(uow.clock.now()), advisor_of(uow, tools, offer)
    if not uow.run(_MOVE, id=hers.id, now=now, advisor=advisor, **values):
        raise HasNone(f"booking {hers.id}")
    _take(uow, tools, offer, wish.slot, hers.id)
    return _view(uow, hers.id)


def cancel(uow: UnitOfWork, tools: Toolbox, member: MemberId, number: int) -> BookingView:
    """Cancel what a member has booked of a service; its time is free again.

    Raises:
        HasNone: there is nothing to cancel.
        TooLate: it begins too soon.
    """
    offer = next((one for one in offers(uow, tools) if one.number == number), None)
    hers = _changeable(uow, member, offer, number)
    return _cancel(uow, hers.id, "member")


def cancel_for(uow: UnitOfWork, number: int, *, who: str, why: str) -> BookingView:
    """Let an operator cancel a booking at any time.

    Raises:
        HasNone: it is not there any more.
    """
    found = _cancel(uow, number, who)
    audit.record(uow, who, "bookings.cancelled", f"{number}: {why}", member=found.member)
    return found


def _cancel(uow: UnitOfWork, number: int, who: str) -> BookingView:
    if not uow.run(_CANCEL, id=number, who=who):
        raise HasNone(f"booking {number}")
    uow.run(_FREE, booking=number)
    return _view(uow, number)


def set_address(uow: UnitOfWork, member: MemberId, number: int, address: str) -> None:
    """Keep where a member is visited.

    Raises:
        BadAddress: it is empty or too long.
        HasNone: it is not hers, or over.
    """
    tidied = tidy_address(address)
    if not tidied:
        raise BadAddress("no address", most=ADDRESS_CHARS)
    if not uow.run(_ADDRESS, id=number, member=member, address=tidied):
        raise HasNone(f"booking {number}")


def tidy_address(address: str) -> str:
    """Return an address on one line.

    Raises:
        BadAddress: it is too long.
    """
    tidied = " ".join(address.split())
    if len(tidied) > ADDRESS_CHARS:
        raise BadAddress("too long", most=ADDRESS_CHARS)
    return tidied


def close_over(uow: UnitOfWork) -> None:
    """Let what is over be over."""
    uow.run(_OVER, now=micros(uow.clock.now()))


def forget_addresses(uow: UnitOfWork, *, days: int) -> int:
    """Delete the addresses that nobody needs any more; return how many."""
    before = micros(uow.clock.now() - timedelta(days=days))
    gone = len(uow.run(_FORGET, before=before))
    uow.wipes = uow.wipes or bool(gone)
    return gone


def number_files(uow: UnitOfWork, paths: list[str]) -> None:
    """Give every file its number, once."""
    for path in sorted(paths):
        uow.run(_NUMBER, path=path)


def _hers(uow: UnitOfWork, member: MemberId, number: int) -> BookingView | None:
    return next((one for one in of_member(uow, member) if one.service == number), None)


def _changeable(
    uow: UnitOfWork, member: MemberId, offer: Offer | None, number: int = 0
) -> BookingView:
    hers = _hers(uow, member, offer.number if offer else number)
    if hers is None:
        raise HasNone(f"service {number} of member {member}")
    hours = offer.terms.cancel_hours if offer else 0
    if not may_change(hers.starts_at, uow.clock.now(), hours):
        raise TooLate(f"booking {hers.id}", booking=hers, hours=hours)
    return hers


def _check_slot(uow: UnitOfWork, tools: Toolbox, offer: Offer, slot: Slot) -> None:
    if slot not in free_slots(uow, tools, offer):
        raise BadSlot(f"service {offer.number} at {slot.starts_at}", offer=offer)


def _take(uow: UnitOfWork, tools: Toolbox, offer: Offer, slot: Slot, booking: int) -> None:
    """Take all quarters, in order, so that nobody waits in a circle."""
    advisor = advisor_of(uow, tools, offer)
    for quarter in quarters(slot):
        if not uow.run(TAKE, advisor=advisor, quarter=quarter, booking=booking):
            raise Taken(f"quarter {quarter}", offer=offer)


def _view(uow: UnitOfWork, number: int) -> BookingView:
    found = get(uow, number)
    if found is None or found.state is State.DONE:
        raise HasNone(f"booking {number}")
    return found

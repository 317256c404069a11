"""The members' page: free times by day, what she has booked, moving, cancelling, the address."""

import io
from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.commons import ics
from bot.features.bookings import reads, replies, service, telling
from bot.features.bookings.reads import BookingView, Offer
from bot.features.bookings.rules import Slot, may_change
from bot.features.bookings.service import ADDRESS_CHARS, Wish
from bot.kernel.console import Download, number_in
from bot.kernel.feature import MemberPage
from bot.kernel.ids import MemberId
from bot.kernel.messages import Reply
from bot.kernel.work import Toolbox, UnitOfWork

PAGE = "bookings/mine"
LINK_VALID_S = 24 * 3600
_SLOTS_SHOWN = 120


def _load(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, query: Mapping[str, str]
) -> Mapping[str, object]:
    asked = number_in(query.get("service", ""))
    every = replies.offers_for(uow, tools, member)
    hers = {one.service: one for one in reads.of_member(uow, member)}
    offers = [one for one in every if asked in {None, one.number}]
    return {
        "hers": [_booked(uow, tools, one) for one in hers.values()],
        "offers": [
            {
                "offer": one,
                "has_one": one.number in hers,
                "days": replies.slots_of(uow, tools, one, most=_SLOTS_SHOWN),
            }
            for one in offers
        ],
        "address_chars": ADDRESS_CHARS,
    }


def _booked(uow: UnitOfWork, tools: Toolbox, found: BookingView) -> Mapping[str, object]:
    offer: Offer | None = next(
        (one for one in reads.offers(uow, tools) if one.number == found.service), None
    )
    hours = offer.terms.cancel_hours if offer else 0
    return {
        **replies.shown(uow, tools, found),
        "offer": offer,
        "may_change": may_change(found.starts_at, uow.clock.now(), hours),
        "hours": hours,
        "needs_address": offer is not None and offer.terms.address,
    }


def _wish(uow: UnitOfWork, tools: Toolbox, member: MemberId, form: Mapping[str, str]) -> Wish:
    """Return what a form asks for; a time that is none is refused as such."""
    number = number_in(form.get("service", "")) or 0
    offer = service.offer_of(uow, tools, number, member)
    try:
        at = datetime.fromisoformat(form.get("slot", ""))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise service.BadSlot("no time", offer=offer)
    slot = Slot(at, at + timedelta(minutes=offer.terms.duration_minutes))
    return Wish(member, number, slot, form.get("address", ""))


def _book(uow: UnitOfWork, tools: Toolbox, member: MemberId, form: Mapping[str, str]) -> Reply:
    found = service.book(uow, tools, _wish(uow, tools, member, form))
    return replies.done(uow, tools, "booked", found)


def _move(uow: UnitOfWork, tools: Toolbox, member: MemberId, form: Mapping[str, str]) -> Reply:
    found = service.move(uow, tools, _wish(uow, tools, member, form))
    return replies.done(uow, tools, "moved", found)


def _cancel(uow: UnitOfWork, tools: Toolbox, member: MemberId, form: Mapping[str, str]) -> Reply:
    number = number_in(form.get("service", "")) or 0
    return replies.done(uow, tools, "cancelled", service.cancel(uow, tools, member, number))


def _address(uow: UnitOfWork, _tools: Toolbox, member: MemberId, form: Mapping[str, str]) -> Reply:
    number = number_in(form.get("booking", "")) or 0
    service.set_address(uow, member, number, form.get("address", ""))
    return Reply("bookings/address_kept.txt.j2", {})


def _give(uow: UnitOfWork, _tools: Toolbox, member: MemberId, number: int) -> Download | None:
    """Return a booking of hers as a calendar file."""
    found = reads.get(uow, number)
    if found is None or found.member != member:
        return None
    content = ics.calendar_file(telling.entry(found, found.address), uow.clock.now())
    return Download(f"yuyue-{number}.ics", ics.CONTENT_TYPE, lambda: io.BytesIO(content))


member_pages = (
    MemberPage(
        "mine",
        "bookings/mine.html.j2",
        _load,
        title="预约",
        acts={"book": _book, "move": _move, "cancel": _cancel, "address": _address},
        ask="预约",
        files=_give,
    ),
)

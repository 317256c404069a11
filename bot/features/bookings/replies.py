"""What a member reads of what she can book and has booked, the same by chat and on the page."""

from collections.abc import Mapping, Sequence

from bot.commons import staff
from bot.features.bookings import reads, service
from bot.features.bookings.reads import BookingView, Offer
from bot.features.bookings.rules import by_day
from bot.kernel.community import Community
from bot.kernel.ids import MemberId
from bot.kernel.messages import Reply
from bot.kernel.work import Toolbox, UnitOfWork


def offers_for(uow: UnitOfWork, tools: Toolbox, member: MemberId) -> Sequence[Offer]:
    """Return what a member may book."""
    return [one for one in reads.offers(uow, tools) if service.is_for(uow, tools, one, member)]


def shown(uow: UnitOfWork, tools: Toolbox, found: BookingView) -> Mapping[str, object]:
    """Return a booking as templates show it."""
    zone = tools.use(Community).zone
    return {
        "booking": found,
        "at": found.starts_at.astimezone(zone),
        "ends": found.ends_at.astimezone(zone),
        "advisor": staff.name_of(uow, tools, found.advisor),
    }


def slots_of(
    uow: UnitOfWork, tools: Toolbox, offer: Offer, *, most: int
) -> list[tuple[object, list[object]]]:
    """Return the days with free times, by local clocks."""
    free = reads.free_slots(uow, tools, offer)[:most]
    return [(day, list(times)) for day, times in by_day(free, tools.use(Community).zone)]


def done(uow: UnitOfWork, tools: Toolbox, what: str, found: BookingView, url: str = "") -> Reply:
    """Return what is said when something was booked, moved or cancelled."""
    offer = next((one for one in reads.offers(uow, tools) if one.number == found.service), None)
    needs = offer is not None and offer.terms.address and not found.address
    hours = offer.terms.cancel_hours if offer else 0
    words = {"what": what, "needs_address": needs, "url": url, "hours": hours}
    return Reply("bookings/done.txt.j2", {**words, **shown(uow, tools, found)})

"""What can be booked, and what is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.commons import staff
from bot.commons.content import Shelf
from bot.features.bookings.matter import ServiceMatter
from bot.features.bookings.rules import Slot, State, free, quarters, slots
from bot.kernel.community import Community
from bot.kernel.ids import MemberId
from bot.kernel.work import Row, Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, integer, micros

_NUMBERS = Statement("SELECT id, path FROM bookable_services ORDER BY id")
TAKEN = Statement(
    "SELECT quarter FROM booked_quarters WHERE advisor = :advisor"
    " AND quarter >= :first AND quarter < :last"
)
COLUMNS = (
    "SELECT id, service_id, member_id, title, advisor, starts_at, ends_at, state, address,"
    " changes, news, closed_by FROM bookings"
)
_OF_MEMBER = Statement(
    f"{COLUMNS} WHERE member_id = :member AND state = 'booked' AND ends_at > :now"
    " ORDER BY starts_at"
)
_GET = Statement(f"{COLUMNS} WHERE id = :id")
_BETWEEN = Statement(
    f"{COLUMNS} WHERE starts_at >= :first AND starts_at < :last ORDER BY starts_at, id LIMIT :most"
)
_COUNT = Statement("SELECT COUNT(*) FROM bookings WHERE state = 'booked' AND starts_at > :now")


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be booked."""

    number: int
    path: str
    title: str
    words: str
    terms: ServiceMatter


@dataclass(frozen=True, slots=True)
class BookingView:
    """A booking as it stands."""

    id: int
    service: int
    member: MemberId | None
    """None when she was deleted."""
    title: str
    advisor: str
    starts_at: datetime
    ends_at: datetime
    state: State
    address: str
    changes: int
    news: str
    closed_by: str

    @property
    def slot(self) -> Slot:
        """Its time."""
        return Slot(self.starts_at, self.ends_at)


def offers(uow: UnitOfWork, tools: Toolbox) -> Sequence[Offer]:
    """Return what can be booked now, by its number."""
    library = tools.use(Shelf).at_hand(uow.clock.now()).library
    files = {file.path: (file, matter) for file, matter in library.with_matter(ServiceMatter)}
    found = []
    for number, path in uow.run(_NUMBERS):
        if (at := files.get(str(path))) is not None:
            file, matter = at
            found.append(Offer(integer(number), file.path, file.title, file.body, matter))
    return found


def free_slots(uow: UnitOfWork, tools: Toolbox, offer: Offer) -> list[Slot]:
    """Return the times that nobody has taken, in whatever service of her advisor."""
    every = slots(offer.terms, uow.clock.now(), tools.use(Community).zone)
    if not every:
        return []
    first, last = quarters(every[0]).start, quarters(every[-1]).stop
    rows = uow.run(TAKEN, advisor=advisor_of(uow, tools, offer), first=first, last=last)
    return free(every, frozenset(integer(row[0]) for row in rows))


def advisor_of(uow: UnitOfWork, tools: Toolbox, offer: Offer) -> str:
    """Return the userid that she has now whose time it is, whatever the file calls her."""
    return staff.userid_now(uow, tools, offer.terms.advisor)


def of_member(uow: UnitOfWork, member: MemberId) -> Sequence[BookingView]:
    """Return what a member has booked and is not over."""
    return [read(row) for row in uow.run(_OF_MEMBER, member=member, now=micros(uow.clock.now()))]


def get(uow: UnitOfWork, number: int) -> BookingView | None:
    """Return one by its id."""
    rows = uow.run(_GET, id=number)
    return read(rows[0]) if rows else None


def between(
    uow: UnitOfWork, first: datetime, last: datetime, *, most: int
) -> Sequence[BookingView]:
    """Return what begins between two instants, cancelled ones too."""
    rows = uow.run(_BETWEEN, first=micros(first), last=micros(last), most=most)
    return [read(row) for row in rows]


def count_coming(uow: UnitOfWork) -> float:
    """Return how many are still to come."""
    return float(integer(uow.run(_COUNT, now=micros(uow.clock.now()))[0][0]))


def read(row: Row) -> BookingView:
    """Return a row of `COLUMNS`."""
    number, service, member, title, advisor, starts, ends, state, address, changes, *rest = row
    return BookingView(
        integer(number),
        integer(service),
        None if member is None else MemberId(integer(member)),
        str(title),
        str(advisor),
        instant(starts),
        instant(ends),
        State(str(state)),
        str(address),
        integer(changes),
        str(rest[0]),
        str(rest[1]),
    )

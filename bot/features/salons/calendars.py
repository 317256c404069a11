"""A salon as an entry of her calendar; a file on its way into a chat is kept, and sent once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commons import ics, media, salons
from bot.commons.salons import Place, SalonView, SignupView, State
from bot.kernel.abilities import Errands
from bot.kernel.capability import Doors
from bot.kernel.files import FileKind
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.messages import File, Outgoing, Update
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer, micros

SEND = "salons.calendars"
"""The errand."""
_KEPT_FOR = timedelta(days=3)
_MOST = 20

_ASK = Statement(
    "INSERT INTO salon_calendars (salon_id, member_id, channel, recipient, via, at)"
    " VALUES (:salon, :member, :channel, :recipient, :via, :now)"
    " ON CONFLICT (salon_id, member_id) DO NOTHING"
)
_ASKED = Statement("SELECT salon_id, member_id FROM salon_calendars ORDER BY at LIMIT :most")
_TAKE = Statement(
    "DELETE FROM salon_calendars WHERE salon_id = :salon AND member_id = :member"
    " RETURNING channel, recipient, via, at"
)


@dataclass(frozen=True, slots=True)
class Due:
    """A file that somebody waits for."""

    salon: int
    number: int
    """What members call the salon by."""
    member: MemberId
    content: bytes


def calendar_file(found: SalonView, mine: SignupView, made_at: datetime) -> bytes:
    """Return the file that puts a salon into her calendar, moves it there, or takes it out."""
    is_off = found.state is State.CANCELLED or mine.state is not Place.IN
    entry = ics.Entry(
        uid=f"salon-{found.id}-{mine.code}",
        starts_at=found.starts_at,
        ends_at=found.ends_at,
        title=found.title,
        place=found.place,
        words=found.words,
        # a cancellation by the house counts as a change, too
        sequence=found.sequence + mine.changes + (found.state is State.CANCELLED),
        is_off=is_off,
    )
    return ics.calendar_file(entry, made_at)


def ask(
    uow: UnitOfWork, tools: Toolbox, found: SalonView, update: Update, member: MemberId
) -> bool:
    """Let the calendar file of a salon follow into a 1:1 chat; False where none can."""
    door = tools.use(Doors).of(update.channel)
    can_follow = door.can_push or not door.together
    if update.in_group or FileKind.FILE not in door.files or not can_follow:
        return False
    about = {"channel": update.channel, "recipient": update.sender or "", "via": update.via}
    now = micros(uow.clock.now())
    uow.run(_ASK, salon=found.id, member=member, now=now, **about)
    tools.use(Errands).soon(uow, SEND)
    return True


def due(uow: UnitOfWork) -> Sequence[Due]:
    """Return the files that somebody waits for."""
    waiting: list[Due] = []
    for salon, member in uow.run(_ASKED, most=_MOST):
        found = salons.salon(uow, integer(salon))
        mine = salons.signup(uow, integer(salon), MemberId(integer(member)))
        if found is not None and mine is not None:
            content = calendar_file(found, mine, uow.clock.now())
            waiting.append(Due(found.id, found.number, mine.member, content))
    return waiting


def holder(salon: int, member: MemberId) -> str:
    """Return the name under which a file is held in the store."""
    return f"salons.ics:{salon}:{member}"


def send(uow: UnitOfWork, each: Due, file: media.File) -> None:
    """Queue a file that is in the store; one that is just being removed is made again later."""
    name, until = holder(each.salon, each.member), uow.clock.now() + _KEPT_FOR
    if not media.hold(uow, name, file, until=until):
        return
    for channel, recipient, via, at in uow.run(_TAKE, salon=each.salon, member=each.member):
        part = File(digest=file.digest, name=f"salon-{each.number}.ics")
        to = ChannelName(str(channel)), str(recipient)
        uow.send(Outgoing(*to, part, f"{name}:{at}", why="salons.calendar", via=str(via)))

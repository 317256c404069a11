"""What people of a salon are told, each once: a turn, reminders, changes, an operator's words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commons import outreach, salons
from bot.commons.outreach import Letter, Purpose
from bot.commons.salons import News, Place, SalonView, SignupView, State, Told, line, rounds
from bot.commons.salons.rounds import Round
from bot.kernel.community import Community
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork
from bot.storage.columns import micros

_BITE = 100
_MOST_SALONS = 1000
_LATEST = timedelta(hours=3)
"""A reminder that comes so late is none."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How one kind of thing is told: how urgently, and to whom."""

    purpose: Purpose
    meant: Callable[[SignupView, Round], bool]


def _is_in_since(one: SignupView, round_: Round) -> bool:
    """Who came in later was told by the answer."""
    return one.state is Place.IN and one.in_at is not None and one.in_at <= round_.at


def _came_before(one: SignupView, round_: Round) -> bool:
    return one.is_there and one.at <= round_.at


def _is_in(one: SignupView, _round: Round) -> bool:
    return one.state in (Place.IN, Place.DOOR)


_MANNERS: Mapping[Told, Manner] = {
    Told.REMINDER: Manner(Purpose.SERVICE, _is_in_since),
    Told.CHANGED: Manner(Purpose.ESSENTIAL, _came_before),
    Told.CANCELLED: Manner(Purpose.ESSENTIAL, _came_before),
    Told.NEWS: Manner(Purpose.SERVICE, _is_in),
}


def subject(tools: Toolbox, found: SalonView, what: str) -> str:
    """Return what a letter is about, for operators."""
    return tools.use(Words)("invitations/subject.txt.j2", salon=found, what=what)


def reminders_of(found: SalonView) -> Mapping[int, datetime]:
    """Return when people of a salon are reminded, by how many seconds ahead."""
    return {ahead: found.starts_at - timedelta(seconds=ahead) for ahead in found.reminders}


def _reminder_key(ahead_s: int, found: SalonView) -> str:
    return f"{Told.REMINDER}:{ahead_s}:{micros(found.starts_at)}"


def _is_late(due: datetime, ahead_s: int, now: datetime) -> bool:
    """Return True when a reminder comes so late that it would say something wrong."""
    return now - due > min(timedelta(seconds=ahead_s) / 2, _LATEST)


def remind(uow: UnitOfWork) -> None:
    """Begin the reminders that are due; one that would come too late is left out."""
    now = uow.clock.now()
    for found in salons.coming(uow, most=_MOST_SALONS):
        for ahead_s, due in reminders_of(found).items():
            if due <= now:
                late = _is_late(due, ahead_s, now)
                key = _reminder_key(ahead_s, found)
                rounds.begin(uow, found.id, key, at=due, is_done=late)


def next_reminder(uow: UnitOfWork, _tools: Toolbox, after: datetime) -> datetime | None:
    """Return when somebody is reminded next; None for never."""
    planned = salons.coming(uow, most=_MOST_SALONS)
    dues = (due for found in planned for due in reminders_of(found).values())
    return min((due for due in dues if due > after), default=None)


def tell_some(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Begin what is due, and write to some of those who wait for it; True while there are more."""
    remind(uow)

    def tell(found: SalonView, round_: Round, mine: SignupView) -> None:
        manner = _MANNERS[round_.what]
        if manner.meant(mine, round_):
            letter = Letter(
                key=f"salons.{round_.id}:{mine.member}",
                subject=subject(tools, found, round_.what),
                purpose=manner.purpose,
                template=f"invitations/letter_{round_.what}.txt.j2",
                data={**_about(uow, tools, found, mine), "words": round_.words},
            )
            outreach.tell(uow, tools, mine.member, letter)

    now = uow.clock.now()
    return rounds.go_on(uow, tell, is_true=lambda found, round_: _is_true(found, round_, now))


def _about(
    uow: UnitOfWork, tools: Toolbox, found: SalonView, mine: SignupView
) -> Mapping[str, object]:
    zone = tools.use(Community).zone
    return {"salon": found, "signup": mine, "zone": zone, "now": uow.clock.now()}


def _is_true(found: SalonView, round_: Round, now: datetime) -> bool:
    """Return False for a reminder or a change that something later has overtaken."""
    if round_.what is Told.REMINDER:
        ahead_s = int(round_.key.split(":")[1])
        is_current = round_.key == _reminder_key(ahead_s, found)
        is_now = now < found.starts_at and not _is_late(round_.at, ahead_s, now)
        return found.state is State.OPEN and is_current and is_now
    if round_.what is Told.CHANGED:
        return found.state is State.OPEN and round_.key == rounds.changed_key(found.sequence)
    return True


def tell_turns(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Tell those whose turn in the line it is; True while there may be more."""
    waiting = line.untold(uow, most=_BITE)
    for each in waiting:
        found = salons.salon(uow, each.salon)
        mine = salons.signup(uow, each.salon, each.member)
        if found is not None and mine is not None and mine.tell is each.what:
            outreach.tell(uow, tools, mine.member, _turn(uow, tools, found, mine))
            line.heard(uow, found.id, mine.member)
    return len(waiting) == _BITE


def _turn(uow: UnitOfWork, tools: Toolbox, found: SalonView, mine: SignupView) -> Letter:
    is_in = mine.tell is News.PROMOTED
    free = 0 if found.capacity is None else found.capacity - salons.taken(uow, found.id)
    since = micros(mine.in_at or mine.at)
    return Letter(
        key=f"salons.{mine.tell}:{found.id}:{mine.member}:{since}:{mine.changes}",
        subject=subject(tools, found, mine.tell),
        purpose=Purpose.ESSENTIAL if is_in else Purpose.SERVICE,
        template=f"invitations/letter_{mine.tell}.txt.j2",
        data={**_about(uow, tools, found, mine), "free": free},
    )

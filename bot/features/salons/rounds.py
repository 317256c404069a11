"""What everybody of a salon is told, each once: reminders, changes, news, how was it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commons import audit, outreach
from bot.commons.outreach import Letter, Purpose
from bot.features.salons import reads
from bot.features.salons.reads import SalonView, SignupView
from bot.features.salons.rules import Outcome, Place, State, Told, is_late
from bot.kernel.community import Community
from bot.kernel.events import SalonAttended
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, integer, micros

_BITE = 100
"""So many members are written to in one unit of work."""
CANCELLED = "cancelled"
_FEEDBACK = "feedback"

_BEGIN = Statement(
    "INSERT INTO salon_rounds (salon_id, key, what, words, at, next_number, done_at)"
    " VALUES (:salon, :key, :what, :words, :at, 0, :done) ON CONFLICT (salon_id, key) DO NOTHING"
    " RETURNING id"
)
_OPEN = Statement("SELECT id, salon_id FROM salon_rounds WHERE done_at IS NULL ORDER BY id LIMIT 1")
_ONE = Statement(
    "SELECT id, salon_id, key, what, words, at, next_number FROM salon_rounds"
    " WHERE id = :round AND done_at IS NULL"
)
_NEXT = Statement(
    "SELECT member_id, number FROM salon_signups WHERE salon_id = :salon AND number >= :first"
    " ORDER BY number LIMIT :most"
)
_TOLD = Statement("UPDATE salon_rounds SET next_number = :next, done_at = :done WHERE id = :round")
_ENDED = Statement(
    "SELECT id FROM salons WHERE state = 'open' AND ends_at <= :before ORDER BY ends_at LIMIT 1"
)
_OVER = Statement("UPDATE salons SET state = 'over', outcome = :outcome WHERE id = :salon")
_LATEST = Statement(
    "SELECT what, words, at, done_at FROM salon_rounds WHERE salon_id = :salon"
    " ORDER BY id DESC LIMIT 8"
)


@dataclass(frozen=True, slots=True)
class Round:
    """One thing that everybody is told."""

    id: int
    salon: int
    key: str
    what: Told
    words: str
    at: datetime
    following: int


@dataclass(frozen=True, slots=True)
class Manner:
    """How one kind of thing is told: about what, how urgently, and to whom."""

    subject: str
    purpose: Purpose
    meant: Callable[[SignupView, Round], bool]


def _is_in_since(one: SignupView, round_: Round) -> bool:
    """Who came in later was told by the answer."""
    return one.state is Place.IN and one.in_at is not None and one.in_at <= round_.at


def _came_before(one: SignupView, round_: Round) -> bool:
    return one.is_there and one.at <= round_.at


def _is_in(one: SignupView, _round: Round) -> bool:
    return one.state in (Place.IN, Place.DOOR)


def _was_there(one: SignupView, _round: Round) -> bool:
    return one.came_at is not None


_MANNERS: Mapping[Told, Manner] = {
    Told.REMINDER: Manner("提醒", Purpose.SERVICE, _is_in_since),
    Told.CHANGED: Manner("改期改地点", Purpose.ESSENTIAL, _came_before),
    Told.CANCELLED: Manner("取消", Purpose.ESSENTIAL, _came_before),
    Told.NEWS: Manner("通知", Purpose.SERVICE, _is_in),
    Told.FEEDBACK: Manner("感受", Purpose.SERVICE, _was_there),
}


def changed_key(sequence: int) -> str:
    """Return the key under which a change is told."""
    return f"changed:{sequence}"


def _reminder_key(ahead_s: int, found: SalonView) -> str:
    return f"reminder:{ahead_s}:{micros(found.starts_at)}"


def begin(
    uow: UnitOfWork,
    salon: int,
    key: str,
    *,
    words: str = "",
    at: datetime | None = None,
    is_done: bool = False,
) -> bool:
    """Begin to tell everybody something; False when that has begun before."""
    now = uow.clock.now()
    done = micros(now) if is_done else None
    what, since = key.partition(":")[0], micros(at or now)
    return bool(uow.run(_BEGIN, salon=salon, key=key, what=what, words=words, at=since, done=done))


def remind(uow: UnitOfWork) -> None:
    """Begin the reminders that are due; one that would come too late is left out."""
    now = uow.clock.now()
    for found in reads.coming(uow, most=1000):
        for ahead_s in found.reminders:
            due = found.starts_at - timedelta(seconds=ahead_s)
            if due <= now:
                late = is_late(due, ahead_s, now)
                begin(uow, found.id, _reminder_key(ahead_s, found), at=due, is_done=late)


def next_reminder(uow: UnitOfWork, after: datetime) -> datetime | None:
    """Return when somebody is reminded next; None for never."""
    dues = (
        found.starts_at - timedelta(seconds=ahead_s)
        for found in reads.coming(uow, most=1000)
        for ahead_s in found.reminders
    )
    return min((due for due in dues if due > after), default=None)


def say(uow: UnitOfWork, salon: int, words: str, *, key: str, who: str) -> SalonView | None:
    """Begin to tell everybody who is in what an operator says; None when there is no salon.

    The same form sent twice (`key`) says it once.
    """
    found = reads.held(uow, salon)
    if found is None or found.state is State.WITHDRAWN:
        return None
    if begin(uow, salon, f"news:{key}", words=words):
        audit.record(uow, who, "salons.said", f"to the people of salon {salon}")
    return found


def tell_some(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Write to some of those who wait to be told; True while there are more."""
    rows = uow.run(_OPEN)
    if not rows:
        return False
    found = reads.held(uow, integer(rows[0][1]))
    round_ = _round(uow, integer(rows[0][0]))  # as it is now that nobody else is at it
    if round_ is None:
        return True
    if found is None or not _is_still_true(found, round_, uow.clock.now()):
        _note(uow, round_, round_.following, is_done=True)
        return True
    rest = uow.run(_NEXT, salon=found.id, first=round_.following, most=_BITE)
    for member, _ in rest:
        _tell(uow, tools, found, round_, MemberId(integer(member)))
    last = integer(rest[-1][1]) + 1 if rest else round_.following
    _note(uow, round_, last, is_done=len(rest) < _BITE)
    return True


def _round(uow: UnitOfWork, number: int) -> Round | None:
    """Return a round that is not done; None when another replica was quicker."""
    for found, salon, key, what, words, at, following in uow.run(_ONE, round=number):
        told = Told(str(what))
        about = (integer(found), integer(salon), str(key), told, str(words), instant(at))
        return Round(*about, integer(following))
    return None


def _note(uow: UnitOfWork, round_: Round, following: int, *, is_done: bool) -> None:
    done = micros(uow.clock.now()) if is_done else None
    uow.run(_TOLD, round=round_.id, next=following, done=done)


def _is_still_true(found: SalonView, round_: Round, now: datetime) -> bool:
    """Return False for a reminder or a change that something later has overtaken."""
    if round_.what is Told.REMINDER:
        _, ahead, _ = round_.key.split(":")
        is_current = round_.key == _reminder_key(int(ahead), found)
        is_now = now < found.starts_at and not is_late(round_.at, int(ahead), now)
        return found.state is State.OPEN and is_current and is_now
    if round_.what is Told.CHANGED:
        return found.state is State.OPEN and round_.key == changed_key(found.sequence)
    return True


def _tell(
    uow: UnitOfWork, tools: Toolbox, found: SalonView, round_: Round, member: MemberId
) -> None:
    mine, manner = reads.signup(uow, found.id, member), _MANNERS[round_.what]
    if mine is None or not manner.meant(mine, round_):
        return
    if round_.what is Told.FEEDBACK:
        uow.publish(SalonAttended(member, found.id, mine.came_at))
    letter = Letter(
        key=f"salons.{round_.id}:{member}",
        subject=f"「{found.title}」{manner.subject}",
        purpose=manner.purpose,
        template=f"salons/letter_{round_.what}.txt.j2",
        data={
            "salon": found,
            "signup": mine,
            "words": round_.words,
            "zone": tools.use(Community).zone,
            "now": uow.clock.now(),
        },
    )
    outreach.tell(uow, tools, member, letter)


def close_next(uow: UnitOfWork, before: datetime) -> bool:
    """Let a salon be over that ended before an instant; False when none has.

    What is counted then stays, also when those who were there are erased.
    """
    rows = uow.run(_ENDED, before=micros(before))
    found = reads.held(uow, integer(rows[0][0])) if rows else None
    if found is None or found.state is not State.OPEN:
        return False
    counted = reads.outcome_json.dump_json(count(uow, found.id)).decode()
    uow.run(_OVER, salon=found.id, outcome=counted)
    begin(uow, found.id, _FEEDBACK)
    return True


def count(uow: UnitOfWork, salon: int) -> Outcome:
    """Count who is in, came, stayed away and waits."""
    people = reads.signups(uow, salon)
    placed = [one for one in people if one.state is Place.IN]
    came = sum(one.heads for one in people if one.came_at is not None)
    return Outcome(
        signed_up=len(placed),
        heads=sum(one.heads for one in placed),
        came=came + reads.walk_ins(uow, salon),
        stayed_away=sum(one.came_at is None for one in placed),
        waiting=sum(one.state is Place.WAITING for one in people),
    )


def latest(uow: UnitOfWork, salon: int) -> list[Mapping[str, object]]:
    """Return what everybody of a salon was told, for operators; the latest in front."""
    return [
        {
            "what": Told(str(what)),
            "words": str(words),
            "at": instant(at),
            "is_done": done is not None,
        }
        for what, words, at, done in uow.run(_LATEST, salon=salon)
    ]

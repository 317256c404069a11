"""What operators decide about single fires, and how posts stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.commons import content, mailings, mass_send
from bot.commons.mailings import Mailing
from bot.features.posts.rules import FireStatus, Reason
from bot.features.posts.supply import Supply
from bot.kernel.errors import Refusal
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_MOMENT = timedelta(microseconds=1)
_DAY = timedelta(days=1)

_CALL_OFF = Statement(
    "INSERT INTO called_off (schedule, fire_at, decided_by, at)"
    " VALUES (:schedule, :fire_at, :who, :now) ON CONFLICT (schedule, fire_at) DO NOTHING"
)
_CALL_BACK = Statement(
    "DELETE FROM called_off WHERE schedule = :schedule AND fire_at = :fire_at RETURNING schedule"
)
_ROWS_OF = Statement(
    "SELECT status, reason, count(*) FROM fires WHERE schedule = :schedule"
    " AND fire_at = :fire_at GROUP BY status, reason"
)
ASKED = Statement(
    "SELECT schedule, fire_at, count(*) FROM fires WHERE status = 'asked'"
    " GROUP BY schedule, fire_at ORDER BY fire_at DESC, schedule LIMIT :most"
)
_DECIDE = Statement(
    "UPDATE fires SET status = :status, decided_by = :who, reason = :reason, due_at = :now"
    " WHERE schedule = :schedule AND fire_at = :fire_at AND status = :was AND reason = :seen"
    " RETURNING id"
)
RECENT = Statement(
    "SELECT f.id, f.schedule, f.target, f.fire_at, f.created_at, f.status, f.reason, f.content,"
    " f.title, f.decided_by, f.key, f.parts, o.status FROM fires f"
    " LEFT JOIN outbox o ON o.key = f.key AND f.key <> ''"
    " WHERE f.id < :before AND f.status NOT IN ('waiting', 'approved')"
    " ORDER BY f.id DESC LIMIT :most"
)
_PART = Statement("SELECT status FROM outbox WHERE key = :key")
PLANNED_SINCE = Statement(
    "SELECT count(*) FROM fires WHERE status = 'planned' AND created_at > :since"
)
LATE_SINCE = Statement(
    "SELECT count(*) FROM fires WHERE status IN ('planned', 'skipped', 'asked', 'approved')"
    " AND created_at > :since AND reason = 'late'"
)
_EMPTY_SLOTS = Statement("SELECT COALESCE(sum(empty_slots), 0) FROM plan_marks")


class TooLate(Refusal):
    """The fire has been decided already, or there is no such fire."""

    template = "posts/too_late.txt.j2"


class Delivery(StrEnum):
    """Where a post stands on its way, the worst of its messages counting."""

    PARKED = "parked"
    MAYBE = "maybe"
    DROPPED = "dropped"
    UNCONFIRMED = "unconfirmed"
    """A person has to confirm it, or did not."""
    WAITING = "waiting"
    SENT = "sent"
    FORGOTTEN = "forgotten"
    """So old that its messages are no longer kept."""
    NONE = "none"
    """Nothing was to be sent."""


_DELIVERIES = {
    **dict.fromkeys(("parked", "failed", "expired", "over_quota"), Delivery.PARKED),
    "maybe": Delivery.MAYBE,
    **dict.fromkeys(("dropped", "cancelled"), Delivery.DROPPED),
    **dict.fromkeys(("drafted", "creating", "unclear", "created"), Delivery.UNCONFIRMED),
    **dict.fromkeys(("queued", "sending", "confirmed"), Delivery.WAITING),
    **dict.fromkeys(("sent", "delivered"), Delivery.SENT),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A fire that was found too late; an operator decides for all its groups."""

    schedule: str
    fire_at: datetime
    groups: int


@dataclass(frozen=True, slots=True)
class Past:
    """What has become of one fire for one group."""

    id: int
    schedule: str
    target: str
    fire_at: datetime
    created_at: datetime
    status: FireStatus
    reason: str
    content: str
    title: str
    decided_by: str
    delivery: Delivery
    is_mass_send: bool = False
    """The owner of the group confirms it."""
    mailing: Mailing | None = None
    """How far it is, where it went to people one by one."""


def call_off(uow: UnitOfWork, supply: Supply, schedule: str, fire_at: datetime, who: str) -> None:
    """Leave out one coming fire; groups that had it already keep it.

    Raises:
        TooLate: it went out already, or there is no such fire.
    """
    rows = uow.run(_ROWS_OF, schedule=schedule, fire_at=micros(fire_at))
    waits = any(status == FireStatus.WAITING for status, _, _ in rows)
    if not waits and (rows or not _will_fire(uow, supply, schedule, fire_at)):
        raise TooLate(f"{schedule} at {fire_at}")
    now = micros(uow.clock.now())
    uow.run(_CALL_OFF, schedule=schedule, fire_at=micros(fire_at), who=who, now=now)


def _will_fire(uow: UnitOfWork, supply: Supply, name: str, fire_at: datetime) -> bool:
    schedule = supply.schedules.get(name)
    if schedule is None or fire_at <= uow.clock.now():
        return False
    return content.next_fire(schedule, fire_at - _MOMENT, supply.crons) == fire_at


def call_back(uow: UnitOfWork, schedule: str, fire_at: datetime) -> None:
    """Undo `call_off`.

    Raises:
        TooLate: the fire's time has come and it was left out, or nobody had called it off.
    """
    rows = uow.run(_ROWS_OF, schedule=schedule, fire_at=micros(fire_at))
    left_out = any(reason == Reason.OPERATOR for _, reason, _ in rows)
    if left_out or not uow.run(_CALL_BACK, schedule=schedule, fire_at=micros(fire_at)):
        raise TooLate(f"{schedule} at {fire_at}")


def asked(uow: UnitOfWork, *, most: int) -> list[Asked]:
    """Return the fires that wait for an operator's decision, the latest first."""
    return [
        Asked(str(schedule), instant(fire_at), integer(groups))
        for schedule, fire_at, groups in uow.run(ASKED, most=most)
    ]


class Decision(StrEnum):
    """What an operator decides about a fire that was found too late."""

    SEND = "send"
    SKIP = "skip"
    ASK_AGAIN = "ask-again"
    """Undoes `SKIP`."""


_ASKED = (FireStatus.ASKED, Reason.LATE)
_SKIPPED = (FireStatus.SKIPPED, Reason.OPERATOR)
_STEPS = {
    Decision.SEND: (_ASKED, (FireStatus.APPROVED, Reason.LATE)),
    Decision.SKIP: (_ASKED, _SKIPPED),
    Decision.ASK_AGAIN: (_SKIPPED, _ASKED),
}


def decide(uow: UnitOfWork, decision: Decision, schedule: str, fire_at: datetime, who: str) -> None:
    """Let a fire that was found too late go out or not, for all its groups.

    Raises:
        TooLate: somebody else has decided, or there is nothing to undo.
    """
    (was, seen), (status, reason) = _STEPS[decision]
    found = uow.run(
        _DECIDE,
        schedule=schedule,
        fire_at=micros(fire_at),
        who="" if decision is Decision.ASK_AGAIN else who,
        now=micros(uow.clock.now()),
        was=was.value,
        seen=seen.value,
        status=status.value,
        reason=reason.value,
    )
    if not found:
        raise TooLate(f"{schedule} at {fire_at}")


def recent(uow: UnitOfWork, *, before: int | None, most: int) -> Sequence[Past]:
    """Return what became of the last fires, newest first."""
    rows = uow.run(RECENT, before=before or 2**62, most=most)
    return [_past(uow, row) for row in rows]


def _past(uow: UnitOfWork, row: Row) -> Past:
    *fire, key, parts, first = row
    number, schedule, target, fire_at, created_at, status, reason, path, title, by = fire
    mass = mass_send.standing(uow, str(key)) if key and first is None else ""
    return Past(
        id=integer(number),
        schedule=str(schedule),
        target=str(target),
        fire_at=instant(fire_at),
        created_at=instant(created_at),
        status=FireStatus(str(status)),
        reason=str(reason),
        content=str(path),
        title=str(title),
        decided_by=str(by),
        delivery=_DELIVERIES[mass] if mass else _delivery(uow, key, parts, first),
        is_mass_send=bool(mass),
        mailing=mailings.of_key(uow, str(key)) if key and first is None and not mass else None,
    )


def _delivery(uow: UnitOfWork, key: object, parts: object, first: object) -> Delivery:
    if not key:
        return Delivery.NONE
    states = [first]
    for later in mass_send.keys_of(str(key), integer(parts))[1:]:
        states += [status for (status,) in uow.run(_PART, key=later)]
    known = {_DELIVERIES[str(state)] for state in states if state is not None}
    return next((each for each in Delivery if each in known), Delivery.FORGOTTEN)


def count_planned(uow: UnitOfWork) -> float:
    """Return how many posts were planned in the last 24 hours."""
    return _count(uow, PLANNED_SINCE)


def count_late(uow: UnitOfWork) -> float:
    """Return how many posts of the last 24 hours were found too late."""
    return _count(uow, LATE_SINCE)


def _count(uow: UnitOfWork, statement: Statement) -> float:
    return integer(uow.run(statement, since=micros(uow.clock.now() - _DAY))[0][0])


def count_empty_slots(uow: UnitOfWork) -> float:
    """Return how many slots until tomorrow night have nothing to send."""
    return integer(uow.run(_EMPTY_SLOTS)[0][0])

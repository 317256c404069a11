"""What is done with a fire, and how it is named. Arithmetic only."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.commons.content import ContentFile, Schedule, Verdict, due_at, judge
from bot.kernel.clock import instant_of

FORESEE_FROM = time(9)
"""Local time from which the slots of tomorrow are looked at: nobody is woken for them."""

_DAY = timedelta(days=1)


class FireStatus(StrEnum):
    """What has become of one fire for one group."""

    WAITING = "waiting"
    """Not due before `due_at`: jitter, or quiet hours."""
    PLANNED = "planned"
    """Chosen, rendered and in the outbox."""
    SKIPPED = "skipped"
    EMPTY = "empty"
    """There was nothing to send."""
    ASKED = "asked"
    """Found too late: an operator decides."""
    APPROVED = "approved"
    """The operator wants it sent; the next plan sends it."""


class Reason(StrEnum):
    """Why a fire is not plainly planned."""

    LATE = "late"
    """Found later than `late_at_most_s`; sent, skipped or asked as `missed` says."""
    OPERATOR = "operator"
    NOTHING = "nothing"
    """No file was left."""
    BROKEN = "broken"
    """The file could not be rendered."""
    EXPIRED = "expired"
    """The file was no longer valid when it could go out at last."""
    PAUSED = "paused"
    GONE = "gone"
    """The schedule, or its group, is no longer in the files."""


@dataclass(frozen=True, slots=True)
class Send:
    """It goes out now. `late` when only `missed = "late"` lets it."""

    late: bool = False


@dataclass(frozen=True, slots=True)
class Skip:
    """It is too late and left out."""


@dataclass(frozen=True, slots=True)
class Ask:
    """It is too late and an operator decides."""


@dataclass(frozen=True, slots=True)
class Hold:
    """It is decided again at `until`, which is later than now."""

    until: datetime


Decision = Send | Skip | Ask | Hold


def decide(schedule: Schedule, target: str, fire_at: datetime, now: datetime) -> Decision:
    """Return what to do at `now` with the fire of a schedule for one target.

    Lateness counts from when it fell due: jitter and the quiet hours it began in are not
    lateness. Found during quiet hours, it waits for their end and is then judged anew.
    """
    due = due_at(schedule, target, fire_at)
    if due > now:
        return Hold(due)
    match judge(schedule, due, now):
        case Verdict.SKIP:
            return Skip()
        case Verdict.ASK:
            return Ask()
        case Verdict.SEND:
            until = release(schedule, target, now)
            late = now - due > timedelta(seconds=schedule.late_at_most_s)
            return Hold(until) if until > now else Send(late=late)


def release(schedule: Schedule, target: str, at: datetime) -> datetime:
    """Return the first moment from `at` on that is outside the schedule's quiet hours."""
    if schedule.quiet_hours is None:
        return at
    return due_at(replace(schedule, jitter_s=0), target, at)


def timing_of(schedule: Schedule) -> str:
    """Return what says when a schedule fires; it begins anew when this changes."""
    at = schedule.at.astimezone(UTC).isoformat() if schedule.at else ""
    return f"{schedule.cron}|{at}|{schedule.timezone}"


def key_of(schedule: str, target: str, fire_at: datetime) -> str:
    """Return the outbox key of the first message of a fire for one target."""
    return f"post:{schedule}:{target}:{fire_at.astimezone(UTC).isoformat()}"


def is_over(file: ContentFile, today: date) -> bool:
    """Return True when the words of a file are no longer true."""
    return file.valid_until is not None and today > file.valid_until


def foreseen_until(now: datetime, zone: ZoneInfo) -> datetime:
    """Return until when an operator hears of empty slots: from nine on, tomorrow's end."""
    wall = now.astimezone(zone)
    days = 2 if wall.time() >= FORESEE_FROM else 1
    return instant_of(datetime.combine(wall.date() + days * _DAY, time()), zone)


def next_foresight(now: datetime, zone: ZoneInfo) -> datetime:
    """Return when tomorrow is looked at next, later than `now`."""
    day = now.astimezone(zone).date()
    today = instant_of(datetime.combine(day, FORESEE_FROM), zone)
    return today if today > now else instant_of(datetime.combine(day + _DAY, FORESEE_FROM), zone)

"""When schedules fire. Arithmetic only: the same question has the same answer on every replica.

A fire is told by its UTC instant, which comes from the local wall clock: a time that the
clocks show twice in autumn fires once, at the first; one that they skip in spring fires once,
at the first moment after the gap. What is sent for a target then falls due a little later,
by the schedule's jitter, and not in its quiet hours.
"""

import hashlib
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from bot.commons.content.schedules import Missed, Schedule
from bot.kernel.clock import instant_of
from bot.kernel.ports import CronReader


def fire_times(
    schedule: Schedule, after: datetime, until: datetime, crons: CronReader
) -> list[datetime]:
    """Return the fires later than `after` and not later than `until`, in UTC and in order."""
    found: list[datetime] = []
    at = next_fire(schedule, after, crons)
    while at is not None and at <= until:
        found.append(at)
        at = next_fire(schedule, at, crons)
    return found


def next_fire(schedule: Schedule, after: datetime, crons: CronReader) -> datetime | None:
    """Return the first fire later than `after`; None when there is none."""
    if schedule.paused:
        return None
    if schedule.at is not None:
        usable = schedule.at > after and not _is_black(schedule, local_day(schedule, schedule.at))
        return schedule.at if usable else None
    recurrence = crons(schedule.cron, schedule.timezone)
    at = recurrence.next_after(after)
    while at is not None and (black := _is_black(schedule, local_day(schedule, at))):
        at = recurrence.next_after(max(at, _eve(schedule, black)))
    return at


def _is_black(schedule: Schedule, day: date) -> date | None:
    """Return the last day of the blackout that `day` is in; None outside of any."""
    return max((last for first, last in schedule.blackout if first <= day <= last), default=None)


def _eve(schedule: Schedule, last: date) -> datetime:
    """Return the last instant of a local day."""
    midnight = datetime(last.year, last.month, last.day) + timedelta(days=1)  # noqa: DTZ001 - a wall time
    return instant_of(midnight, schedule.zone) - timedelta(microseconds=1)


def local_day(schedule: Schedule, fire_at: datetime) -> date:
    """Return the date on the calendars of the schedule's time zone."""
    return fire_at.astimezone(schedule.zone).date()


def seed_of(schedule: Schedule, target: str, fire_at: datetime) -> str:
    """Return what all chance of one fire for one target is drawn from."""
    return f"{schedule.name}|{target}|{fire_at.astimezone(UTC).isoformat()}"


def draw(seed: str, sides: int) -> int:
    """Return a number from 0 to `sides` - 1, always the same for the same seed."""
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big") % sides


def due_at(schedule: Schedule, target: str, fire_at: datetime) -> datetime:
    """Return when the message of one fire for one target falls due."""
    due = fire_at
    if schedule.jitter_s:
        late_s = draw(seed_of(schedule, target, fire_at), schedule.jitter_s + 1)
        due += timedelta(seconds=late_s)
    return _after_quiet_hours(schedule, due)


def _after_quiet_hours(schedule: Schedule, due: datetime) -> datetime:
    if schedule.quiet_hours is None:
        return due
    begin, end = schedule.quiet_hours
    wall = due.astimezone(schedule.zone)
    over_midnight = begin > end
    late, early = wall.time() >= begin, wall.time() < end
    if not ((late or early) if over_midnight else (late and early)):
        return due
    day = wall.date() + timedelta(days=1 if over_midnight and late else 0)
    return max(due, instant_of(datetime.combine(day, end), schedule.zone))


class Verdict(StrEnum):
    """What to do with a fire that is found now."""

    SEND = "send"
    SKIP = "skip"
    ASK = "ask"


def judge(schedule: Schedule, due: datetime, now: datetime) -> Verdict:
    """Return whether what fell due at `due` is still to be sent at `now`."""
    if now - due <= timedelta(seconds=schedule.late_at_most_s):
        return Verdict.SEND
    return {Missed.SKIP: Verdict.SKIP, Missed.LATE: Verdict.SEND, Missed.ASK: Verdict.ASK}[
        schedule.missed
    ]

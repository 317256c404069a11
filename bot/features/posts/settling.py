"""Where one fire for one group is decided about, chosen, rendered and queued."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.commons import content, mailings, mass_send
from bot.commons.content import ContentFile, Schedule
from bot.features.posts.rules import (
    Ask,
    FireStatus,
    Hold,
    Reason,
    Send,
    Skip,
    decide,
    is_over,
    key_of,
)
from bot.features.posts.supply import Chooser, Press, Supply, used_files
from bot.kernel.errors import ContentError
from bot.kernel.ids import GroupId
from bot.kernel.messages import Part
from bot.kernel.ports import Group
from bot.kernel.work import UnitOfWork
from bot.storage.columns import micros

log = structlog.get_logger(__name__)
_LEAST_S = 3600
"""So long many people may take, however punctual the post has to be."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is decided about one fire for one group; with `group` and `file` it is sent."""

    status: FireStatus
    due_at: datetime
    reason: Reason | None = None
    decided_by: str = ""
    group: Group | None = None
    file: ContentFile | None = None
    parts: tuple[Part, ...] = ()

    def row(self, schedule: str, target: str, fire_at: datetime) -> Mapping[str, object]:
        """Return the columns of `fires` that tell of it."""
        file = self.file
        return {
            "schedule": schedule,
            "target": target,
            "fire_at": micros(fire_at),
            "due_at": micros(self.due_at),
            "status": self.status.value,
            "channel": self.group.channel if self.group else "",
            "content": file.path if file else "",
            "revision": file.revision if file else "",
            "title": file.title if file else "",
            "reason": self.reason.value if self.reason else "",
            "parts": len(self.parts),
            "key": key_of(schedule, target, fire_at) if file else "",
            "decided_by": self.decided_by,
        }


def left_out(fire_at: datetime, reason: Reason, by: str = "") -> Outcome:
    """Return the outcome of a fire that is not sent, whatever the group."""
    return Outcome(FireStatus.SKIPPED, fire_at, reason, by)


@dataclass(slots=True)
class Bench:
    """Works for one unit of work and remembers what it has read in it."""

    uow: UnitOfWork
    supply: Supply
    now: datetime = field(init=False)
    _press: Press = field(init=False)
    _used: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.now = self.uow.clock.now()
        self._press = Press(self.supply.community.name)

    def forget(self) -> None:
        """Forget what was sent by work that is undone."""
        self._used.clear()

    def settle(self, chooser: Chooser, target: str, approved_by: str | None = None) -> Outcome:
        """Decide about one fire for one group; nothing is written yet.

        Args:
            chooser: knows the schedule and the fire.
            target: the group.
            approved_by: the operator who wants it sent however late it is.
        """
        schedule, fire_at = chooser.schedule, chooser.fire_at
        due = content.due_at(schedule, target, fire_at)
        approved = approved_by is not None
        match Send(late=True) if approved else decide(schedule, target, fire_at, self.now):
            case Hold(until):
                return Outcome(FireStatus.WAITING, until)
            case Skip():
                return Outcome(FireStatus.SKIPPED, due, Reason.LATE)
            case Ask():
                return Outcome(FireStatus.ASKED, due, Reason.LATE)
            case Send(late):
                group = self.supply.group_of(schedule, GroupId(target))
                if group is None:
                    return Outcome(FireStatus.SKIPPED, due, Reason.GONE)
                return self._write(chooser, group, due, late=late, by=approved_by or "")

    def _write(
        self, chooser: Chooser, group: Group, due: datetime, *, late: bool, by: str
    ) -> Outcome:
        """Choose and render what a group gets."""
        file = chooser.choose(group.id, self._used_files(chooser.schedule, group.id))
        if file is None:
            return Outcome(FireStatus.EMPTY, due, Reason.NOTHING, by)
        today = content.local_day(chooser.schedule, self.now)
        if is_over(file, today):
            return Outcome(FireStatus.SKIPPED, due, Reason.EXPIRED, by)
        try:
            people = bool(chooser.schedule.people)
            words = self._press.words(file, group.name, today, people=people)
        except ContentError:
            log.warning("posts.not_rendered", schedule=chooser.schedule.name, file=file.path)
            return Outcome(FireStatus.EMPTY, due, Reason.BROKEN, by)
        parts = tuple(content.parts_of(words, file.media, file.title))
        reason = Reason.LATE if late else None
        return Outcome(FireStatus.PLANNED, due, reason, by, group, file, parts)

    def _used_files(self, schedule: Schedule, target: str) -> set[str]:
        question = (schedule.name, target)
        if question not in self._used:
            self._used[question] = used_files(self.uow, schedule, target)
        return self._used[question]

    def send(self, outcome: Outcome, schedule: Schedule, key: object) -> None:
        """Queue the messages of a row that is ours."""
        if outcome.group is None or outcome.file is None:
            return
        self._used_files(schedule, outcome.group.id).add(outcome.file.path)
        if schedule.people:
            until = self.now + timedelta(seconds=max(schedule.late_at_most_s, _LEAST_S))
            title, people = outcome.file.title, schedule.people
            mailings.begin(self.uow, str(key), title, people, outcome.parts, until=until)
            return
        mass_send.tell_group(
            self.uow,
            self.supply.doors,
            outcome.group,
            outcome.parts,
            key=str(key),
            why=f"schedule:{schedule.name}",
        )

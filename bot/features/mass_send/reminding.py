"""Owners who have not confirmed are reminded: seldom, by day, and never oftener than allowed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commons import audit
from bot.commons.mass_send import OPEN, SendStatus
from bot.features.mass_send import nudging, tasks
from bot.features.mass_send.rules import (
    DAY,
    REMINDERS_A_DAY,
    MassSendSettings,
    is_about_one,
    quiet_until,
)
from bot.features.mass_send.tasks import FIELDS, REMIND, Task
from bot.kernel import crash
from bot.kernel.abilities import Abilities, MassSendTasks
from bot.kernel.community import Community
from bot.kernel.errors import PlatformError
from bot.kernel.ids import ChannelName
from bot.kernel.ports import Work
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer, micros

_MOST_AT_ONCE = 200

FORGOTTEN = Statement(
    f"SELECT {FIELDS} FROM mass_tasks WHERE {OPEN} AND status = 'created' AND channel = :channel"
    " AND (wanted = 'remind' OR (created_at <= :made_before AND created_at > :stale"
    " AND NOT EXISTS (SELECT 1 FROM mass_reminders r WHERE r.task_id = mass_tasks.id"
    " AND r.at > :not_since)"
    " AND (SELECT count(*) FROM mass_reminders r WHERE r.task_id = mass_tasks.id"
    " AND r.at > :day_ago) < :most_a_day)) ORDER BY created_at, id LIMIT :most"
)
"""Tasks whose owner is to be reminded now."""
_COUNT = Statement("SELECT count(*) FROM mass_reminders WHERE task_id = :task AND at > :since")
_PUT = Statement("INSERT INTO mass_reminders (task_id, at, asked_by) VALUES (:task, :now, :by)")
_DONE = Statement(
    "UPDATE mass_tasks SET wanted = '', wanted_by = '' WHERE id = :id AND wanted = 'remind'"
    " RETURNING 1"
)


async def run(work: Work, tools: Toolbox) -> None:
    """Remind whoever is due, for every channel that has mass sends."""
    for channel, door in tools.use(Abilities).of(MassSendTasks).items():
        await Reminder(work, tools, channel, door).run()


@dataclass(frozen=True, slots=True)
class Reminder:
    """Reminds the owners of one channel."""

    work: Work
    tools: Toolbox
    channel: ChannelName
    door: MassSendTasks

    async def run(self) -> None:
        """Remind once for each task that is due; trouble with one stays with it."""
        for task in await self.work.look(self._due):
            reminded = await self.work.do(lambda uow: self._begin(uow, task))  # noqa: B023 - awaited here
            if not reminded:
                continue
            crash.step("mass_send.reminding")
            try:
                taken = await self.door.remind(task.msgid)
            except PlatformError as exc:
                if not is_about_one(exc):
                    raise
                taken = False
            crash.step("mass_send.reminded")
            await self.work.do(lambda uow: self._end(uow, task, taken=taken))  # noqa: B023 - awaited here

    def _due(self, uow: UnitOfWork) -> Sequence[Task]:
        settings, now = self.tools.use(MassSendSettings), uow.clock.now()
        if quiet_until(settings.quiet_hours, now, self.tools.use(Community).zone):
            return ()
        return tasks.read_all(
            uow,
            FORGOTTEN,
            channel=self.channel,
            stale=micros(now - timedelta(hours=settings.stale_after_h)),
            made_before=micros(now - timedelta(minutes=settings.remind_after_min)),
            not_since=micros(now - timedelta(minutes=settings.remind_every_min)),
            day_ago=micros(now - DAY),
            most_a_day=REMINDERS_A_DAY,
            most=_MOST_AT_ONCE,
        )

    def _begin(self, uow: UnitOfWork, task: Task) -> bool:
        """Write a reminder down before it is sent; False when there is nothing to remind of now."""
        uow.take_turns({f"mass_send:{task.channel}:{task.owner}"})
        now, current = uow.clock.now(), tasks.read(uow, task.id)
        if current is None or current.status is not SendStatus.CREATED:
            return False
        if task.wanted == REMIND:
            is_mine, by = bool(uow.run(_DONE, id=task.id)), task.wanted_by
        else:
            pause = timedelta(minutes=self.tools.use(MassSendSettings).remind_every_min)
            is_mine, by = not _count(uow, task.id, now - pause), "bot"
        if not is_mine or used(uow, task.id) >= REMINDERS_A_DAY:
            return False
        uow.run(_PUT, task=task.id, now=micros(now), by=by)
        return True

    def _end(self, uow: UnitOfWork, task: Task, *, taken: bool) -> None:
        """Note what came of it; where the platform reminded too often, a card does no harm."""
        nudging.nudge(uow, self.tools, self.channel, task.owner)
        if taken:
            who = task.wanted_by if task.wanted == REMIND else "bot"
            audit.record(uow, who or "bot", "mass_send.reminded", task.about)


def used(uow: UnitOfWork, task: int) -> int:
    """Return how many reminders of the last 24 hours one task has had."""
    return _count(uow, task, uow.clock.now() - DAY)


def _count(uow: UnitOfWork, task: int, since: datetime) -> int:
    return integer(uow.run(_COUNT, task=task, since=micros(since))[0][0])

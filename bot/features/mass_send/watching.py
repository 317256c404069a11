"""Tasks that are with their owners: who has confirmed, what arrived, what is given up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commons import audit
from bot.commons.mass_send import SendStatus
from bot.commons.notices import Notices
from bot.features.mass_send import tasks
from bot.features.mass_send.rules import (
    LONGEST_WAIT_S,
    RESULTS_WITHIN,
    MassSendSettings,
    is_about_one,
    next_look,
)
from bot.features.mass_send.tasks import Task
from bot.kernel import crash
from bot.kernel.abilities import Abilities, Arrival, MassSendTasks, SendResult
from bot.kernel.errors import PlatformError, RetryLater, Undeliverable
from bot.kernel.ids import ChannelName
from bot.kernel.ports import Words, Work
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import micros

MOST_AT_ONCE = 500
_BITE = 500
_TROUBLED = timedelta(seconds=LONGEST_WAIT_S)

_CONFIRMED = Statement(
    "UPDATE mass_tasks SET status = 'confirmed', confirmed_at = :at, next_at = :now, error = '',"
    " error_code = 0 WHERE id = :id AND status = 'created' RETURNING 1"
)
_CONFIRMED_GROUPS = Statement(
    "UPDATE mass_targets SET status = 'confirmed', confirmed_at = :at"
    " WHERE task_id = :id AND status = 'created'"
)
ARRIVED = Statement(
    "UPDATE mass_targets SET status = 'delivered', sent_at = :at, reason = ''"
    " WHERE task_id = :id AND channel = :channel AND chat = :chat"
    " AND status IN ('created', 'confirmed', 'failed')"
    " AND sent_at IS NULL"
)
_MISSED = Statement(
    "UPDATE mass_targets SET status = 'failed', reason = :reason"
    " WHERE task_id = :id AND channel = :channel AND chat = :chat"
    " AND status IN ('created', 'confirmed')"
)


async def run(work: Work, tools: Toolbox) -> None:
    """Look at what is due, for every channel that has mass sends."""
    for channel, door in tools.use(Abilities).of(MassSendTasks).items():
        await Watcher(work, tools, channel, door).run()


@dataclass(frozen=True, slots=True)
class Watcher:
    """Watches the tasks of one channel."""

    work: Work
    tools: Toolbox
    channel: ChannelName
    door: MassSendTasks

    async def run(self) -> None:
        """Ask for what can have changed; trouble with one task stays with it."""
        for status, look in (
            (SendStatus.CREATED, self._is_confirmed),
            (SendStatus.CONFIRMED, self._what_arrived),
        ):
            for task in await self._due(status):
                try:
                    await look(task)
                except PlatformError as exc:
                    if not is_about_one(exc):
                        raise
                    await self._put_off(task, exc)

    async def _due(self, status: SendStatus) -> Sequence[Task]:
        return await self.work.look(lambda uow: tasks.due(uow, self.channel, status, MOST_AT_ONCE))

    async def _now(self) -> datetime:
        return await self.work.look(lambda uow: uow.clock.now())

    async def _is_confirmed(self, task: Task) -> None:
        asked = await self.door.confirmations(task.msgid)
        done = [one for one in asked if one.confirmed]
        if done:
            await self.work.do(lambda uow: _confirmed(uow, task, done[0].at))
            await self._what_arrived(task)
            return
        now = await self._now()
        if task.wanted == tasks.CANCEL:
            await self._stop(task, SendStatus.CANCELLED)
        elif now - _since(task) >= self._stale_after:
            await self._stop(task, SendStatus.EXPIRED)
        else:
            after_s = next_look(_since(task), now)
            at = min(now + timedelta(seconds=after_s), _since(task) + self._stale_after)
            await self.work.do(lambda uow: tasks.look_later(uow, task, at))

    @property
    def _stale_after(self) -> timedelta:
        return timedelta(hours=self.tools.use(MassSendSettings).stale_after_h)

    async def _stop(self, task: Task, to: SendStatus) -> None:
        """Stop a task at the platform; what was confirmed at the last moment still counts."""
        await self.door.cancel(task.msgid)
        crash.step("mass_send.stopped")
        await self._keep(task, await self.door.results(task.msgid, task.owner))
        await self.work.do(lambda uow: self._stopped(uow, task, to))

    def _stopped(self, uow: UnitOfWork, task: Task, to: SendStatus) -> None:
        if not tasks.move(uow, task, to):
            return
        tasks.move_groups(uow, task, to)
        by, deed = (task.wanted_by, "cancelled") if to is SendStatus.CANCELLED else ("bot", to)
        audit.record(uow, by or "bot", f"mass_send.{deed}", task.about)
        if to is SendStatus.EXPIRED:
            text = self.tools.use(Words)("mass_send/notice_expired.txt.j2", task=task)
            self.tools.use(Notices).tell(uow, key=f"mass_send.expired:{task.id}", text=text)

    async def _what_arrived(self, task: Task) -> None:
        results = await self.door.results(task.msgid, task.owner)
        crash.step("mass_send.results")
        await self._keep(task, results)
        await self.work.do(lambda uow: _arrived(uow, task))

    async def _keep(self, task: Task, results: Sequence[SendResult]) -> None:
        for start in range(0, len(results), _BITE):
            bite = results[start : start + _BITE]
            await self.work.do(lambda uow: _keep(uow, task, bite))  # noqa: B023 - awaited here

    async def _put_off(self, task: Task, error: PlatformError) -> None:
        rest = timedelta(seconds=error.after_s) if isinstance(error, RetryLater) else _TROUBLED

        def put_off(uow: UnitOfWork) -> None:
            at = uow.clock.now() + rest
            tasks.look_later(uow, task, at, error=str(error), code=error.code)
            if isinstance(error, Undeliverable):
                words = self.tools.use(Words)
                text = words("mass_send/notice_troubled.txt.j2", task=task, code=error.code)
                key = f"mass_send.troubled:{task.id}:{error.code}"
                self.tools.use(Notices).tell(uow, key=key, text=text)

        await self.work.do(put_off)


def _since(task: Task) -> datetime:
    return task.created_at or task.drafted_at


def _confirmed(uow: UnitOfWork, task: Task, at: datetime | None) -> None:
    now = uow.clock.now()
    then = micros(min(at or now, now))
    if uow.run(_CONFIRMED, id=task.id, at=then, now=micros(now)):
        uow.run(_CONFIRMED_GROUPS, id=task.id, at=then)


def _keep(uow: UnitOfWork, task: Task, results: Sequence[SendResult]) -> None:
    now = uow.clock.now()
    for one in results:
        which = {"id": task.id, "channel": task.channel, "chat": one.recipient}
        if one.arrival is Arrival.SENT:
            uow.run(ARRIVED, **which, at=micros(one.at or now))
        elif one.arrival is not Arrival.WAITING:
            uow.run(_MISSED, **which, reason=one.arrival.value)


def _arrived(uow: UnitOfWork, task: Task) -> None:
    """End a task of which nothing more is to come."""
    current = tasks.read(uow, task.id)
    if current is None or current.status is not SendStatus.CONFIRMED:
        return
    now = uow.clock.now()
    since = current.confirmed_at or now
    counts = tasks.counts(uow, task.id)
    if counts.get("confirmed") and now - since < RESULTS_WITHIN:
        at = now + timedelta(seconds=next_look(since, now, most_s=LONGEST_WAIT_S))
        tasks.look_later(uow, current, at)
        return
    tasks.move_groups(uow, current, SendStatus.FAILED, "not_listed")
    over = SendStatus.DELIVERED if counts.get("delivered") else SendStatus.FAILED
    tasks.move(uow, current, over)

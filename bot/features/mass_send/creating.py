"""Tasks are made at the platform, each once: written down before the call, looked up after it.

A task that stands as `creating` may be there or not. It is never asked for again before the
platform's own list was looked into, twice, and does not have it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import structlog

from bot.commons import audit
from bot.commons.mass_send import OPEN, Matter, SendStatus
from bot.commons.notices import Notices
from bot.features.mass_send import choosing, collecting, nudging, tasks
from bot.features.mass_send.rules import (
    CLOCKS_DIFFER,
    LOOK_UP_AFTER,
    LOOK_UP_AGAIN,
    LOOKS,
    MOST_TRIES,
    MassSendSettings,
    is_about_one,
    is_same,
)
from bot.features.mass_send.tasks import Task
from bot.kernel import crash
from bot.kernel.abilities import (
    Abilities,
    Audience,
    MassSend,
    MassSendFound,
    MassSendMade,
    MassSendReady,
    MassSendTasks,
)
from bot.kernel.errors import Ambiguous, PlatformError, RetryLater, Undeliverable
from bot.kernel.ids import ChannelName
from bot.kernel.ports import Words, Work
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import micros

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 1000
"""Tasks of one round, which comes four times a minute: the platform takes 10,000 calls of a kind
in that time (path/90312, 2026-07)."""
_BITE = 50
_LOST_S = 30.0

CLAIM = Statement(
    "UPDATE mass_tasks SET status = 'creating', creating_at = :now, next_at = :look_at, looks = 0,"
    " tries = tries + 1, groups = :count WHERE id = :id AND status = 'drafted'"
    " AND NOT EXISTS (SELECT 1 FROM mass_tasks twin WHERE twin.channel = :channel"
    " AND twin.owner = :owner AND twin.digest = :digest AND twin.audience = :audience"
    f" AND twin.status IN ('creating', 'unclear') AND twin.{OPEN}) RETURNING 1"
)
"""One at a time of those that could not be told apart at the platform."""
_MADE = Statement(
    "UPDATE mass_tasks SET status = 'created', msgid = :msgid, created_at = :at, next_at = :now,"
    " candidates = '', error = '', error_code = 0"
    " WHERE id = :id AND status IN ('creating', 'unclear') RETURNING 1"
)
_MADE_GROUPS = Statement(
    "UPDATE mass_targets SET status = 'created', created_at = :at"
    " WHERE task_id = :id AND status IN ('drafted', 'creating')"
)
_UNREACHABLE = Statement(
    "UPDATE mass_targets SET status = 'failed', reason = 'unreachable', created_at = :at"
    " WHERE task_id = :id AND channel = :channel AND chat = :chat"
    " AND status IN ('drafted', 'creating')"
)
_KNOWN = Statement("SELECT id FROM mass_tasks WHERE channel = :channel AND msgid = :msgid")
_LOOKED = Statement(
    "UPDATE mass_tasks SET looks = looks + 1, next_at = :next_at"
    " WHERE id = :id AND status = 'creating' AND creating_at = :seen"
)
_UNCLEAR = Statement(
    "UPDATE mass_tasks SET status = 'unclear', candidates = :ids, next_at = :now"
    " WHERE id = :id AND status = 'creating' AND creating_at = :seen RETURNING 1"
)


async def run(work: Work, tools: Toolbox) -> None:
    """Make what is drafted, for every channel that has mass sends."""
    for channel, door in tools.use(Abilities).of(MassSendTasks).items():
        await Maker(work, tools, channel, door).run()


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes the tasks of one channel."""

    work: Work
    tools: Toolbox
    channel: ChannelName
    door: MassSendTasks

    async def run(self) -> None:
        """Collect drafts, clear up doubts, make tasks, tell their owners."""
        while await self.work.do(
            lambda uow: collecting.collect(uow, self.tools, self.channel, self.door)
        ):
            crash.step("mass_send.collected")
        for task in await self._due(SendStatus.CREATING, _BITE):
            await self._look_up(task)
        try:
            await self._make_all()
        finally:
            await self.work.do(lambda uow: nudging.tell_new(uow, self.tools, self.channel))

    async def _due(self, status: SendStatus, most: int) -> list[Task]:
        return await self.work.look(lambda uow: tasks.due(uow, self.channel, status, most))

    async def _make_all(self) -> None:
        left = MOST_AT_ONCE
        while left > 0 and (bite := await self._due(SendStatus.DRAFTED, min(_BITE, left))):
            for task in bite:
                await self._make(task)
            left -= len(bite)

    # ── making ──────────────────────────────────────────────────────────────────────────

    async def _make(self, task: Task) -> None:
        if task.wanted == tasks.CANCEL:
            await self.work.do(lambda uow: tasks.cancel(uow, task))
            return
        if task.audience is Audience.CUSTOMERS:
            await self.work.do(lambda uow: choosing.leave_out(uow, self.tools, task))
        wanted = await self.work.look(lambda uow: self._wanted(uow, task))
        if wanted is None:
            await self.work.do(lambda uow: self._drop(uow, task))
            return
        try:
            ready = await self.door.prepare(wanted)
        except Undeliverable as exc:
            await self._refused(task, exc)
            return
        crash.step("mass_send.prepared")
        if claimed := await self.work.do(lambda uow: _claim(uow, self.tools, task, wanted)):
            crash.step("mass_send.claimed")
            await self._create(claimed, ready)

    def _wanted(self, uow: UnitOfWork, task: Task) -> MassSend | None:
        """Return what to ask for; None when it is too late, or nobody is left to get it."""
        chats = tasks.chats_of(uow, task.id)
        if not chats or self._is_stale(uow, task):
            return None
        matter = tasks.matter_of(uow, task.digest)
        wanted = MassSend(task.owner, matter.text, matter.attachments)
        if task.audience is Audience.CUSTOMERS:
            return replace(wanted, customers=chats)
        return replace(wanted, groups=chats)

    def _is_stale(self, uow: UnitOfWork, task: Task) -> bool:
        hours = self.tools.use(MassSendSettings).stale_after_h
        return uow.clock.now() - task.drafted_at >= timedelta(hours=hours)

    def _drop(self, uow: UnitOfWork, task: Task) -> None:
        """Give up what nobody wants any more: it waited too long, or all took themselves out."""
        if not self._is_stale(uow, task):
            tasks.cancel(uow, task)
        elif tasks.move(uow, task, SendStatus.EXPIRED):
            tasks.move_groups(uow, task, SendStatus.EXPIRED)
            self._tell(uow, task, "stale")

    async def _create(self, task: Task, ready: MassSendReady) -> None:
        try:
            made = await self.door.create(ready)
        except Undeliverable as exc:
            await self._refused(task, exc)
        except Ambiguous as exc:
            raise RetryLater(f"mass send {task.id}: {exc}", after_s=_LOST_S) from exc
        except RetryLater as exc:
            if exc.doubtful:
                raise
            await self._take_back(task, exc)
            if not is_about_one(exc):
                raise
        else:
            crash.step("mass_send.called")
            await self.work.do(lambda uow: self._record(uow, task, made))
            crash.step("mass_send.recorded")

    def _record(self, uow: UnitOfWork, task: Task, made: MassSendMade) -> None:
        """Keep what was made; should we have slept so long that others made it, say so."""
        if not record(uow, task, made) and not _is_known(uow, self.channel, made.id):
            self._tell(uow, task, "twice", msgid=made.id)

    async def _refused(self, task: Task, error: Undeliverable) -> None:
        """Give up a task that the platform does not take; a stopped channel takes none."""
        if error.channel_off:
            await self._take_back(task, error)
            raise error
        await self.work.do(lambda uow: give_up(uow, self.tools, task, error))

    async def _take_back(self, task: Task, error: PlatformError) -> None:
        """Note that nothing was made; other tasks go first when the platform is well again."""
        after_s = error.after_s if isinstance(error, RetryLater) else 0.0

        def take_back(uow: UnitOfWork) -> None:
            at = uow.clock.now() + timedelta(seconds=after_s)
            tasks.take_back(uow, task, at, error=str(error), code=error.code, uncounted=True)

        await self.work.do(take_back)

    # ── looking up what was lost ────────────────────────────────────────────────────────

    async def _look_up(self, task: Task) -> None:
        """Find out whether a task whose answer was lost is at the platform."""
        now = await self.work.look(lambda uow: uow.clock.now())
        since = min(task.creating_at or now, now) - CLOCKS_DIFFER
        try:
            listed = await self.door.find(since, now, task.audience)
            matter = await self.work.look(lambda uow: tasks.matter_of(uow, task.digest))
            found = await self._unknown(listed, task, matter)
        except PlatformError as exc:
            if not is_about_one(exc):
                raise
            await self.work.do(partial(self._cannot_look, task=task, error=exc))
            return
        crash.step("mass_send.looked_up")
        await self.work.do(lambda uow: self._clear_up(uow, task, found))

    async def _unknown(
        self, listed: Sequence[MassSendFound], task: Task, matter: Matter
    ) -> list[MassSendFound]:
        """Return what could be this task: it says the same, is its owner's, and is not another."""
        found = []
        for one in listed:
            if not is_same(one, task.owner, matter.text, len(matter.attachments)):
                continue
            if await self.work.look(lambda uow: _is_known(uow, self.channel, one.id)):  # noqa: B023 - awaited here
                continue
            if one.creator or await self._is_for(one.id, task.owner):
                found.append(one)
        return found

    async def _is_for(self, msgid: str, owner: str) -> bool:
        """Return True when that owner is asked to confirm; the list does not say for whom it is."""
        asked = [one.sender.lower() for one in await self.door.confirmations(msgid)]
        return not asked or owner.lower() in asked

    def _clear_up(self, uow: UnitOfWork, task: Task, found: Sequence[MassSendFound]) -> None:
        now, seen = uow.clock.now(), micros(task.creating_at or task.drafted_at)
        if len(found) == 1:
            log.info("mass_send.found_again", task=task.id)
            record(uow, task, MassSendMade(found[0].id))
        elif found:
            ids = " ".join(one.id for one in found)
            if uow.run(_UNCLEAR, id=task.id, ids=ids, now=micros(now), seen=seen):
                self._tell(uow, task, "unclear", candidates=len(found))
        elif task.looks + 1 < LOOKS:
            uow.run(_LOOKED, id=task.id, next_at=micros(now + LOOK_UP_AGAIN), seen=seen)
        elif task.tries >= MOST_TRIES:
            give_up(uow, self.tools, task, Undeliverable("asked for again and again, never there"))
        else:
            log.info("mass_send.never_made", task=task.id)
            tasks.take_back(uow, task, now)

    def _cannot_look(self, uow: UnitOfWork, *, task: Task, error: PlatformError) -> None:
        at = uow.clock.now() + LOOK_UP_AGAIN
        tasks.look_later(uow, task, at, error=str(error), code=error.code)
        if isinstance(error, Undeliverable):
            self._tell(uow, task, "not_looked_up", code=error.code)

    def _tell(self, uow: UnitOfWork, task: Task, what: str, **more: object) -> None:
        text = self.tools.use(Words)(f"mass_send/notice_{what}.txt.j2", task=task, **more)
        self.tools.use(Notices).tell(uow, key=f"mass_send.{what}:{task.id}:{task.tries}", text=text)


def _claim(uow: UnitOfWork, tools: Toolbox, task: Task, wanted: MassSend) -> Task | None:
    """Write down that the platform is about to be asked for a task; None when it has to wait.

    So has one from which somebody took herself out meanwhile: it is prepared anew.
    """
    uow.take_turns({f"mass_send:{task.channel}:{task.owner}"})
    whom = wanted.groups or wanted.customers
    if task.audience is Audience.CUSTOMERS:
        choosing.leave_out(uow, tools, task)
        if tasks.chats_of(uow, task.id) != whom:
            return None
    now = uow.clock.now()
    values = {"channel": task.channel, "owner": task.owner, "digest": task.digest}
    values["audience"] = task.audience.value
    look_at = micros(now + LOOK_UP_AFTER)
    if uow.run(CLAIM, id=task.id, now=micros(now), look_at=look_at, count=len(whom), **values):
        return replace(task, status=SendStatus.CREATING, creating_at=now, groups=len(whom))
    tasks.wait(uow, task, now + LOOK_UP_AFTER)
    return None


def record(uow: UnitOfWork, task: Task, made: MassSendMade, by: str = "bot") -> bool:
    """Keep what the platform made; once, whoever comes first. False for whoever comes later."""
    now = micros(uow.clock.now())
    if not uow.run(_MADE, id=task.id, msgid=made.id, at=now, now=now):
        return False
    for chat in made.unreachable:
        uow.run(_UNREACHABLE, id=task.id, channel=task.channel, chat=chat, at=now)
    uow.run(_MADE_GROUPS, id=task.id, at=now)
    audit.record(uow, by, "mass_send.created", task.about)
    return True


def give_up(uow: UnitOfWork, tools: Toolbox, task: Task, error: Undeliverable) -> None:
    """Note that the platform does not take a task, and tell operators."""
    current = tasks.read(uow, task.id)
    if current is None or not tasks.is_as_seen(current, task):
        return
    if not tasks.move(uow, current, SendStatus.FAILED, error=str(error), code=error.code):
        return
    tasks.move_groups(uow, task, SendStatus.FAILED, "refused")
    text = tools.use(Words)("mass_send/notice_refused.txt.j2", task=task, code=error.code)
    tools.use(Notices).tell(uow, key=f"mass_send.refused:{task.id}", text=text)


def _is_known(uow: UnitOfWork, channel: str, msgid: str) -> bool:
    return bool(uow.run(_KNOWN, channel=channel, msgid=msgid))

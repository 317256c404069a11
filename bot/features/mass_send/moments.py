"""Moments (朋友圈): made at the platform, then published by employees, one by one.

A lost answer is an operator's to clear up: no key drops a twin, and what is made is made in the
background, so that no list would tell at once.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from bot.commons import audit
from bot.commons.mass_send import Matter
from bot.commons.notices import Notices
from bot.features.mass_send import tasks
from bot.features.mass_send.rules import DAY, MOMENT_OPEN, MassSendSettings, is_about_one, next_look
from bot.kernel import crash
from bot.kernel.abilities import Abilities, MassSendReady, Moment, MomentTasks
from bot.kernel.errors import Ambiguous, PlatformError, RetryLater, Undeliverable
from bot.kernel.messages import Image
from bot.kernel.ports import Words, Work
from bot.kernel.work import Row, Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, integer, micros

MOST_AT_ONCE = 5
"""Of one round, which comes each minute: the platform takes ten (path/90312, 2026-07)."""
_DIED_AFTER = timedelta(minutes=2)
_TROUBLED_S = 3600.0
_LOST_S = 30.0

_FIELDS = (
    "id, digest, publishers, status, job, moment, drafted_at, created_at, published, cancel_by,"
    " error, error_code"
)
DUE = Statement(
    f"SELECT {_FIELDS} FROM moments WHERE {MOMENT_OPEN} AND status = :status"
    " AND next_at <= :now ORDER BY next_at, id LIMIT :most"
)
_RECENT = Statement(f"SELECT {_FIELDS} FROM moments ORDER BY id DESC LIMIT :most")
_READ = Statement(f"SELECT {_FIELDS} FROM moments WHERE id = :id")
_DRAFT = Statement(
    "INSERT INTO moments (key, digest, publishers, status, job, moment, drafted_at, next_at,"
    " published, cancel_by, error, error_code) VALUES (:key, :digest, :publishers, 'drafted', '',"
    " '', :now, :now, '', '', '', 0) ON CONFLICT (key) DO NOTHING RETURNING id"
)
_MOVE = Statement(
    "UPDATE moments SET status = :status, next_at = :next_at, job = :job, moment = :moment,"
    " created_at = :created_at, published = :published, error = :error, error_code = :code"
    " WHERE id = :id AND status = :was RETURNING 1"
)
_CANCEL = Statement(
    "UPDATE moments SET cancel_by = :who, next_at = :now"
    " WHERE id = :id AND status IN ('drafted', 'making', 'created') RETURNING 1"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One moment."""

    id: int
    digest: str
    publishers: tuple[str, ...]
    status: str
    job: str
    moment: str
    drafted_at: datetime
    created_at: datetime | None
    published: tuple[str, ...]
    cancel_by: str
    error: str
    error_code: int


def _asked(row: Row) -> Asked:
    number, digest, publishers, status, job, moment, drafted, created, *rest = row
    published, cancel_by, error, code = rest
    return Asked(
        id=integer(number),
        digest=str(digest),
        publishers=tuple(str(publishers).split()),
        status=str(status),
        job=str(job),
        moment=str(moment),
        drafted_at=instant(drafted),
        created_at=None if created is None else instant(created),
        published=tuple(str(published).split()),
        cancel_by=str(cancel_by),
        error=str(error),
        error_code=integer(code),
    )


def draft(uow: UnitOfWork, digest: str, publishers: tuple[str, ...], key: str) -> bool:
    """Draft a moment; False when this key was drafted before."""
    now = micros(uow.clock.now())
    return bool(uow.run(_DRAFT, key=key, digest=digest, publishers=" ".join(publishers), now=now))


def recent(uow: UnitOfWork, *, most: int) -> list[Asked]:
    """Return moments, the newest first."""
    return [_asked(row) for row in uow.run(_RECENT, most=most)]


def read(uow: UnitOfWork, moment: int) -> Asked | None:
    """Return one moment; None when there is none."""
    rows = uow.run(_READ, id=moment)
    return _asked(rows[0]) if rows else None


def want_cancelled(uow: UnitOfWork, moment: int, who: str) -> bool:
    """Write down that an operator wants a moment stopped; False when it is over."""
    return bool(uow.run(_CANCEL, id=moment, who=who, now=micros(uow.clock.now())))


def move(uow: UnitOfWork, seen: Asked, status: str, **changes: object) -> bool:
    """Move a moment on from where it was seen; False when somebody else has."""
    kept = {
        "next_at": uow.clock.now(),
        "job": seen.job,
        "moment": seen.moment,
        "created_at": seen.created_at,
        "published": " ".join(seen.published),
        "error": "",
        "code": 0,
    }
    values = {
        name: micros(value) if isinstance(value, datetime) else value
        for name, value in (kept | changes).items()
    }
    return bool(uow.run(_MOVE, id=seen.id, was=seen.status, status=status, **values))


async def run(work: Work, tools: Toolbox) -> None:
    """Bring every moment on that is due."""
    door = tools.use(Abilities).one(MomentTasks)
    if door is not None:
        await Publisher(work, tools, door).run()


@dataclass(frozen=True, slots=True)
class Publisher:
    """Brings moments on."""

    work: Work
    tools: Toolbox
    door: MomentTasks

    async def run(self) -> None:
        """Do what is due; trouble with one stays with it."""
        for one in await self._due("creating"):
            await self.work.do(lambda uow: self._lost(uow, one))  # noqa: B023 - awaited here
        for status, step in (
            ("drafted", self._make),
            ("making", self._is_made),
            ("created", self._is_published),
        ):
            for one in await self._due(status):
                try:
                    await step(one)
                except PlatformError as exc:
                    if not is_about_one(exc):
                        raise
                    await self.work.do(partial(self._trouble, one=one, error=exc))

    async def _due(self, status: str) -> list[Asked]:
        def ask(uow: UnitOfWork) -> list[Asked]:
            now = micros(uow.clock.now())
            return [_asked(row) for row in uow.run(DUE, status=status, now=now, most=MOST_AT_ONCE)]

        return await self.work.look(ask)

    async def _now(self) -> datetime:
        return await self.work.look(lambda uow: uow.clock.now())

    @property
    def _stale_after(self) -> timedelta:
        return timedelta(hours=self.tools.use(MassSendSettings).stale_after_h)

    async def _make(self, one: Asked) -> None:
        if one.cancel_by:
            await self.work.do(lambda uow: self._over(uow, one, "cancelled"))
            return
        if await self._now() - one.drafted_at >= self._stale_after:
            await self.work.do(lambda uow: self._over(uow, one, "expired"))
            return
        matter = await self.work.look(lambda uow: tasks.matter_of(uow, one.digest))
        ready = await self.door.prepare(_wanted(matter, one))
        if await self.work.do(lambda uow: move(uow, one, "creating", next_at=_later(uow))):
            crash.step("moment.claimed")
            await self._create(one, ready)

    async def _create(self, one: Asked, ready: MassSendReady) -> None:
        claimed = replace(one, status="creating")
        try:
            job = await self.door.create(ready)
        except Ambiguous as exc:
            raise RetryLater(f"moment {one.id}: {exc}", after_s=_LOST_S) from exc
        except RetryLater as exc:
            if not exc.doubtful:
                await self.work.do(lambda uow: move(uow, claimed, "drafted"))
            raise
        except Undeliverable as exc:
            if exc.channel_off:
                await self.work.do(lambda uow: move(uow, claimed, "drafted"))
                raise
            await self.work.do(partial(self._trouble, one=claimed, error=exc))
            return
        crash.step("moment.called")
        await self.work.do(lambda uow: self._called(uow, claimed, job))

    def _called(self, uow: UnitOfWork, one: Asked, job: str) -> None:
        if move(uow, one, "making", job=job):
            audit.record(uow, "bot", "moment.created", f"moment {one.id}")

    async def _is_made(self, one: Asked) -> None:
        made = await self.door.made(one.job)
        if made.done:
            await self.work.do(
                lambda uow: move(
                    uow, one, "created", moment=made.moment, created_at=uow.clock.now()
                )
            )
            return
        await self.work.do(lambda uow: self._wait(uow, one))

    def _wait(self, uow: UnitOfWork, one: Asked) -> None:
        if uow.clock.now() - one.drafted_at > DAY:  # the platform forgets the job
            self._trouble(uow, one=one, error=Undeliverable("never made"))
        else:
            move(uow, one, "making", next_at=uow.clock.now() + timedelta(minutes=1))

    async def _is_published(self, one: Asked) -> None:
        asked = await self.door.confirmations(one.moment)
        published = " ".join(each.sender for each in asked if each.confirmed)
        now, since = await self._now(), one.created_at or one.drafted_at
        if asked and all(each.confirmed for each in asked):
            await self.work.do(lambda uow: move(uow, one, "delivered", published=published))
        elif one.cancel_by or now - since >= self._stale_after:
            await self.door.cancel(one.moment)
            crash.step("moment.stopped")
            end = "cancelled" if one.cancel_by else "expired"
            await self.work.do(lambda uow: self._over(uow, one, end, published=published))
        else:
            at = now + timedelta(seconds=next_look(since, now))
            await self.work.do(
                lambda uow: move(uow, one, "created", next_at=at, published=published)
            )

    def _over(self, uow: UnitOfWork, one: Asked, end: str, **changes: object) -> None:
        if move(uow, one, end, **changes):
            audit.record(uow, one.cancel_by or "bot", f"moment.{end}", f"moment {one.id}")

    def _lost(self, uow: UnitOfWork, one: Asked) -> None:
        if move(uow, one, "unclear"):
            self._tell(uow, one, "unclear")

    def _trouble(self, uow: UnitOfWork, *, one: Asked, error: PlatformError) -> None:
        """Put off what may pass; what never passes has failed, before there is a moment."""
        later = error.after_s if isinstance(error, RetryLater) else _TROUBLED_S
        told = {"error": str(error), "code": error.code}
        if isinstance(error, Undeliverable) and one.status != "created":
            if move(uow, one, "failed", **told):
                self._tell(uow, one, "failed")
            return
        move(uow, one, one.status, next_at=uow.clock.now() + timedelta(seconds=later), **told)

    def _tell(self, uow: UnitOfWork, one: Asked, what: str) -> None:
        text = self.tools.use(Words)(f"mass_send/notice_moment_{what}.txt.j2", moment=one.id)
        self.tools.use(Notices).tell(uow, key=f"moment.{what}:{one.id}", text=text)


def _wanted(matter: Matter, one: Asked) -> Moment:
    images = tuple(each for each in matter.attachments if isinstance(each, Image))
    return Moment(matter.text, images, senders=one.publishers)


def _later(uow: UnitOfWork) -> datetime:
    return uow.clock.now() + _DIED_AFTER

"""Keeps one connection open to each platform that speaks over one, however many replicas run.

A row says who holds it. The holder shows every `BEAT_S` that it lives; whoever sees a holder
stand still for `LEASE_S` by its own watch takes over, and a holder that could not write for
`FENCE_S` has closed its connection before that. No clocks are compared.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from time import monotonic
from typing import Protocol
from zoneinfo import ZoneInfo

import structlog

from bot.kernel.clock import Clock
from bot.kernel.errors import CannotStore, PlatformError, RetryLater, Undeliverable
from bot.kernel.ids import ChannelName
from bot.kernel.metrics import LINES_LOST
from bot.kernel.ports import Accept, Line, Listening, Shown, Work
from bot.kernel.work import Statement, UnitOfWork
from bot.pipeline import outbox
from bot.pipeline.alarm import Alarm
from bot.storage.columns import instant, integer, micros

log = structlog.get_logger(__name__)

BEAT_S = 2.0
FENCE_S = 4.0
LEASE_S = 7.0
GAP_S = 10.0
"""A gap that is shorter is in the log only."""
STEADY_S = 60.0
"""A connection that stood for so long was a good one: the next is tried soon."""
TELL_AFTER_TRIES = 5
_LONGEST_BACK_OFF_S = 60.0
_BUG_REST_S = 30.0

_TAKE = Statement(
    "INSERT INTO connections (channel, holder, beats) VALUES (:channel, :me, 1)"
    " ON CONFLICT (channel) DO UPDATE SET holder = excluded.holder,"
    " beats = connections.beats + 1 WHERE connections.holder IN ('', :me)"
    " OR (connections.holder = :seen AND connections.beats = :beats) RETURNING 1"
)
_READ = Statement("SELECT holder, beats FROM connections WHERE channel = :channel")
_BEAT = Statement(
    "UPDATE connections SET beats = beats + 1, heard_at = COALESCE(:heard_at, heard_at)"
    " WHERE channel = :channel AND holder = :me RETURNING 1"
)
_RELEASE = Statement(
    "UPDATE connections SET holder = '', heard_at = COALESCE(:heard_at, heard_at)"
    " WHERE channel = :channel AND holder = :me"
)
_HEARD_AT = Statement("SELECT heard_at FROM connections WHERE channel = :channel")
_FREE = Statement("UPDATE connections SET holder = ''")
_OFF = Statement("SELECT 1 FROM pauses WHERE scope = :channel AND until > :far")
_FAR = timedelta(days=365)  # only an operator ends a rest as long as this

Nap = Callable[[float], Awaitable[None]]


class _Lost(Exception):
    """Somebody else holds the connection now."""


class Serve(Protocol):
    """Says whether the messages of a channel leave from this process."""

    def __call__(self, name: ChannelName, /, *, here: bool) -> None:
        """Let them leave here, or leave them to others."""
        ...


@dataclass(frozen=True, slots=True)
class Ground:
    """What all connections stand on."""

    work: Work
    accept: Accept
    shown: Callable[[ChannelName], Shown]
    alarm: Alarm
    serve: Serve
    clock: Clock
    zone: ZoneInfo


def back_off_s(tries: int, luck: float) -> float:
    """Return how long to wait after so many tries in vain; `luck` in [0, 1) spreads replicas."""
    return min(2.0 ** min(tries, 10), _LONGEST_BACK_OFF_S) * (0.5 + luck / 2)


@dataclass
class _Watch:
    """What was seen of another holder, and since when it stands still."""

    holder: str = ""
    beats: int = 0
    since: float = 0.0

    def looks_dead(self, holder: str, beats: int, now: float) -> bool:
        if (holder, beats) != (self.holder, self.beats):
            self.holder, self.beats, self.since = holder, beats, now
        return now - self.since >= LEASE_S


@dataclass
class _Post:
    """One channel's connection, as this process sees it."""

    name: ChannelName
    channel: Listening
    watch: _Watch = field(default_factory=_Watch)
    up_at: datetime | None = None
    """Since when the connection stands; None while there is none."""
    heard_at: datetime | None = None
    """When the platform has last shown that the connection stands."""
    heard_before: datetime | None = None
    """When an earlier connection of ours had shown that last."""
    gap_known: bool = False
    tries: int = 0


class Listenings:
    """All channels that have to be listened to."""

    def __init__(
        self,
        channels: Mapping[ChannelName, Listening],
        ground: Ground,
        *,
        nap: Nap = asyncio.sleep,
        watch: Callable[[], float] = monotonic,
    ) -> None:
        self._posts = [_Post(name, channel) for name, channel in channels.items()]
        self._ground = ground
        self._work = ground.work
        self._nap = nap
        self._now = watch
        self._luck = Random()  # noqa: S311 - it spreads tries, it hides nothing
        self._tasks: list[asyncio.Task[None]] = []
        self.me = secrets.token_hex(8)

    @property
    def names(self) -> Sequence[ChannelName]:
        """The channels that are listened to; until they are, their messages wait."""
        return [post.name for post in self._posts]

    async def start(self, *, alone: bool) -> None:
        """Begin to listen, or to stand by; `alone` says that no other process can be there."""
        if not self._posts:
            return
        if alone:
            await self._work.do(lambda uow: uow.run(_FREE))
        for post in self._posts:
            self._tasks.append(asyncio.create_task(self._stand_by(post), name=f"line {post.name}"))

    async def stop(self) -> None:
        """Close the connections; what was heard is written down, and another may take over."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    # ── who holds it ────────────────────────────────────────────────────────────────────

    async def _stand_by(self, post: _Post) -> None:
        while True:
            try:
                if await self._takes(post):
                    await self._hold(post)
            except Exception:
                log.exception("line.failed", channel=post.name)
            await self._nap(BEAT_S)

    async def _takes(self, post: _Post) -> bool:
        def take(uow: UnitOfWork) -> bool:
            rows = uow.run(_READ, channel=post.name)
            holder, beats = (str(rows[0][0]), integer(rows[0][1])) if rows else ("", 0)
            free = holder in {"", self.me} or post.watch.looks_dead(holder, beats, self._now())
            return free and bool(
                uow.run(_TAKE, channel=post.name, me=self.me, seen=holder, beats=beats)
            )

        try:
            return await self._work.do(take)
        except CannotStore:
            return False

    async def _hold(self, post: _Post) -> None:
        """Listen for as long as the connection is ours."""
        log.info("line.taken", channel=post.name)
        post.up_at = post.heard_at = None  # another may have heard more than we once did
        listening = asyncio.create_task(self._listen_on(post))
        beating = asyncio.create_task(self._beat_on(post))
        try:
            await asyncio.wait({listening, beating}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._ground.serve(post.name, here=False)
            if post.up_at and not beating.done():
                post.heard_at = self._ground.clock.now()  # we end it: up to now all was heard
            for task in (listening, beating):
                task.cancel()
            await asyncio.gather(listening, beating, return_exceptions=True)
            log.info("line.left", channel=post.name)
            with suppress(CannotStore):
                await self._work.do(lambda uow: self._write(uow, _RELEASE, post))

    async def _beat_on(self, post: _Post) -> None:
        """Show that we live; returns when the connection may not be ours any more."""
        wrote = self._now()
        while (silent_s := self._now() - wrote) < FENCE_S:
            try:
                async with asyncio.timeout(FENCE_S - silent_s):
                    if not await self._work.do(lambda uow: self._write(uow, _BEAT, post)):
                        return
                wrote = self._now()
            except (CannotStore, TimeoutError):
                log.warning("line.no_beat", channel=post.name)
            await self._nap(BEAT_S)

    def _write(self, uow: UnitOfWork, statement: Statement, post: _Post) -> bool:
        """Write down that we live, or leave, and until when all was heard; tell of a gap."""
        up_at = post.up_at
        if up_at and not post.gap_known:
            self._tell_gap(uow, post, up_at)
            uow.after_commit(lambda: setattr(post, "gap_known", True))
        heard_at = None if post.heard_at is None else micros(post.heard_at)
        return bool(uow.run(statement, channel=post.name, me=self.me, heard_at=heard_at))

    def _tell_gap(self, uow: UnitOfWork, post: _Post, up_at: datetime) -> None:
        [[written]] = uow.run(_HEARD_AT, channel=post.name)
        ends = [post.heard_before, None if written is None else instant(written)]
        start = max((end for end in ends if end), default=up_at)
        if (up_at - start).total_seconds() >= GAP_S:
            zone = self._ground.zone
            self._ground.alarm.line_gap(
                uow, post.name, start.astimezone(zone), up_at.astimezone(zone)
            )

    # ── one connection after the other ──────────────────────────────────────────────────

    async def _listen_on(self, post: _Post) -> None:
        post.tries = 0
        while True:
            if await self._is_off(post):
                await self._nap(BEAT_S)
                continue
            began = self._now()
            error = await self._listen(post)
            self._ground.serve(post.name, here=False)
            if post.up_at and self._now() - began >= STEADY_S:
                post.tries = 0
            post.up_at = None
            await self._put_off(post, error)

    async def _is_off(self, post: _Post) -> bool:
        def ask(uow: UnitOfWork) -> bool:
            far = micros(uow.clock.now() + _FAR)
            return bool(uow.run(_OFF, channel=post.name, far=far))

        try:
            return await self._work.look(ask)
        except CannotStore:
            return True  # nothing could be written down

    async def _listen(self, post: _Post) -> PlatformError:
        """Listen until the connection ends; return why it did."""
        post.heard_before, post.gap_known = post.heard_at, False
        line = Line(self._ground.accept, self._ground.shown(post.name), lambda: self._alive(post))
        try:
            await post.channel.listen(line)
        except PlatformError as exc:
            return exc
        except Exception as exc:
            log.exception("line.failed", channel=post.name)
            return RetryLater(
                f"{type(exc).__name__} in the channel's own code", after_s=_BUG_REST_S
            )
        return RetryLater("the connection ended", after_s=0)

    def _alive(self, post: _Post) -> None:
        post.heard_at = self._ground.clock.now()
        if post.up_at is None:
            post.up_at = post.heard_at
            self._ground.serve(post.name, here=True)

    async def _put_off(self, post: _Post, error: PlatformError) -> None:
        """Wait before the next try; operators hear of what does not mend itself."""
        LINES_LOST.labels(post.name, str(error.code), type(error).__name__).inc()
        log.warning("line.ended", channel=post.name, code=error.code, tries=post.tries + 1)
        post.tries += 1
        if isinstance(error, Undeliverable) or post.tries == TELL_AFTER_TRIES:
            while not await self._told(post, error):
                await self._nap(BEAT_S)
        if not isinstance(error, Undeliverable):
            after_s = error.after_s if isinstance(error, RetryLater) else 0.0
            await self._nap(max(after_s, back_off_s(post.tries - 1, self._luck.random())))

    async def _told(self, post: _Post, error: PlatformError) -> bool:
        """Tell operators and, where they must act, stop until they do; False to do it again.

        Raises:
            _Lost: we are not the holder any more, were rightly thrown out, and say nothing.
        """

        def tell(uow: UnitOfWork) -> None:
            if not self._write(uow, _BEAT, post):
                raise _Lost(post.name)
            off = isinstance(error, Undeliverable)
            if off:
                outbox.pause(uow, post.name, outbox.UNTIL_RESUMED_S, str(error))
            self._ground.alarm.line_down(uow, post.name, error, off=off)

        try:
            await self._work.do(tell)
        except CannotStore:
            return False
        return True

"""Fetches files before their platforms forget them, and removes those that nobody needs.

Trouble with one file stays with that file, trouble with a platform with that platform's files:
others may have minutes only.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from bot.commons import media
from bot.commons.notices import Notices
from bot.features.media.rules import FETCH, SWEEP, MediaSettings, rest_s
from bot.kernel import crash
from bot.kernel.abilities import Abilities, MediaSource, Missing, NotFetched
from bot.kernel.community import Community
from bot.kernel.errors import CannotStore, PauseScope, PlatformError, RetryLater, Undeliverable
from bot.kernel.feature import Errand
from bot.kernel.files import FileStore, Intake
from bot.kernel.ids import ChannelName
from bot.kernel.ports import Words, Work
from bot.kernel.work import Toolbox, UnitOfWork

log = structlog.get_logger(__name__)

HANDS = 4
"""So many files come in at once."""
CLAIM_S = 60.0
"""A claim whose process died is good for anybody after this."""
_FULL_REST_S = 60.0
_BUG_TRIES = 5
_OFF_REST_S = 300.0
_MOST_FILES = 200
_SHARDS, _SHARDS_AT_ONCE = 256, 8
_SWEEP_S = 600.0
_ORPHAN_S = 3600.0


# ── fetching ────────────────────────────────────────────────────────────────────────────


@dataclass
class _Round:
    """One run of the errand: some hands that take what is most urgent until nothing is due."""

    work: Work
    tools: Toolbox
    is_full: bool = False

    def __post_init__(self) -> None:
        settings = self.tools.use(MediaSettings)
        self.limits = media.Limits(
            settings.picture_bytes, settings.file_bytes, settings.max_megapixels * 1_000_000
        )
        self.sources = self.tools.use(Abilities).of(MediaSource)
        self.store = self.tools.use(FileStore)
        self.under_way: set[int] = set()

    async def hand(self) -> None:
        """Fetch one file after another; a full disk or database ends the round."""
        while not self.is_full:
            try:
                ask = await self.work.do(lambda uow: media.claim(uow, for_s=CLAIM_S))
                if ask is None:
                    return
                if ask.id not in self.under_way:  # else it takes long, and is ours a while longer
                    await self._one(ask)
            except CannotStore:
                self.is_full = True

    async def _one(self, ask: media.Ask) -> None:
        self.under_way.add(ask.id)
        try:
            await self._fetch(ask)
        except NotFetched as exc:
            gone = exc.why is Missing.GONE
            status = media.Status.GONE if gone else media.Status.REFUSED
            await self._end(ask, status, exc.why)
        except media.Unfit as exc:
            await self._end(ask, media.Status.REFUSED, exc.reason)
        except PlatformError as exc:
            await self._later(ask, exc)
        except CannotStore as exc:
            await self._make_room(ask, exc)
        except Exception:
            log.exception("media.failed", ref=ask.id, channel=ask.channel)
            bug = RetryLater("a mistake of ours", after_s=0)
            await (
                self._end(ask, media.Status.FAILED, "bug")
                if ask.tries >= _BUG_TRIES
                else self._later(ask, bug)
            )
        finally:
            self.under_way.discard(ask.id)

    async def _fetch(self, ask: media.Ask) -> None:
        source = self.sources.get(ask.channel)
        if source is None:  # it is not configured any more, and may be again
            raise RetryLater("no such channel", after_s=_OFF_REST_S, scope=PauseScope.CHANNEL)
        async with self.store.receive() as intake:
            name = await source.fetch(ask.media, self.limits.bytes_of(ask.kind), intake)
            crash.step("media.fetched")
            found = await asyncio.to_thread(self._check, ask, intake)
            file = media.File(
                await intake.keep(), intake.size, found.content_type, found.width, found.height
            )
        if not await self._keep(ask, file, name):
            raise RetryLater("the file was just being removed", after_s=0)
        crash.step("media.kept")
        log.info("media.kept", ref=ask.id, channel=ask.channel, bytes=file.bytes, tries=ask.tries)

    def _check(self, ask: media.Ask, intake: Intake) -> media.Checked:
        if not intake.size:
            raise media.Unfit("empty")
        with intake.open() as file:
            return media.check(file, intake.size, ask.kind, self.limits)

    async def _keep(self, ask: media.Ask, file: media.File, name: str) -> bool:
        """Write a file down; False when it was removed before anybody could know of us."""

        def keep(uow: UnitOfWork) -> bool:
            return media.keep(uow, ask.id, file, name=name)

        if not await self.work.do(keep):
            return False
        if await self.store.exists(file.digest):
            return True
        await self.work.do(lambda uow: media.again(uow, ask.id, lost=True))
        return False

    async def _end(self, ask: media.Ask, status: media.Status, reason: str) -> None:
        log.info("media.ended", ref=ask.id, channel=ask.channel, status=status, reason=reason)

        def end(uow: UnitOfWork) -> None:
            if media.end(uow, ask.id, status, reason) and status is media.Status.GONE:
                _tell_lost(uow, self.tools, ask.channel, 1)

        await self.work.do(end)

    async def _later(self, ask: media.Ask, error: PlatformError) -> None:
        """Try again when it makes sense; a platform that refuses everything rests as a whole."""
        log.warning("media.refused", ref=ask.id, channel=ask.channel, code=error.code)
        off = isinstance(error, Undeliverable) and error.channel_off
        if isinstance(error, Undeliverable) and not off:
            await self._end(ask, media.Status.FAILED, f"code {error.code}")
            return
        asked_s = error.after_s if isinstance(error, RetryLater) else _OFF_REST_S
        whole = off or (isinstance(error, RetryLater) and error.scope is PauseScope.CHANNEL)

        def put_off(uow: UnitOfWork) -> None:
            after_s = max(asked_s, rest_s(ask.tries, uow.clock.now(), ask.expires_at))
            if whole:
                media.rest(uow, ask.channel, asked_s, "channel")
            media.postpone(uow, ask.id, asked_s if whole else after_s, f"code {error.code}")
            if off:
                _tell(uow, self.tools, "off", ask.channel, code=error.code)

        await self.work.do(put_off)

    async def _make_room(self, ask: media.Ask, error: CannotStore) -> None:
        """Leave everything as it is until there is room again, and say so."""
        log.error("media.no_room", reason=str(error))
        self.is_full = True

        def put_off(uow: UnitOfWork) -> None:
            media.postpone(uow, ask.id, _FULL_REST_S, "disk")
            _tell(uow, self.tools, "disk", ChannelName(""))

        await self.work.do(put_off)


async def _fetch(work: Work, tools: Toolbox) -> None:
    """Fetch what is due; what will be forgotten first comes first."""
    if not await work.look(media.has_due):
        return
    await work.do(lambda uow: _expire(uow, tools))
    this = _Round(work, tools)
    async with asyncio.TaskGroup() as hands:
        for _ in range(HANDS):
            hands.create_task(this.hand())


def _expire(uow: UnitOfWork, tools: Toolbox) -> None:
    for channel, count in media.expire(uow).items():
        _tell_lost(uow, tools, channel, count)


def _tell_lost(uow: UnitOfWork, tools: Toolbox, channel: ChannelName, count: int) -> None:
    log.warning("media.lost", channel=channel, count=count)
    _tell(uow, tools, "lost", channel)


def _tell(uow: UnitOfWork, tools: Toolbox, what: str, channel: ChannelName, **data: object) -> None:
    """Tell operators once a day for each channel."""
    day = tools.use(Community).day_of(uow.clock.now())
    text = tools.use(Words)(f"media/notice_{what}.txt.j2", channel=channel, **data)
    tools.use(Notices).tell(uow, key=f"media:{what}:{channel}:{day}", text=text)


# ── removing ────────────────────────────────────────────────────────────────────────────


async def _sweep(work: Work, tools: Toolbox) -> None:
    """Remove files that nobody refers to, and some of those that nobody has written down.

    A file is first marked, then removed, then forgotten: a death in between repeats a step.
    """
    store = tools.use(FileStore)
    while leaving := await work.do(_leaving(await _orphans(work, store))):
        crash.step("media.leaving")
        for digest in leaving:
            await store.delete(digest)
        crash.step("media.deleted")
        await work.do(lambda uow: media.forget_files(uow, leaving))
        log.info("media.removed", files=len(leaving))
        if len(leaving) < _MOST_FILES:
            return


def _leaving(orphans: list[str]) -> Callable[[UnitOfWork], list[str]]:
    return lambda uow: list(media.leaving(uow, orphans=orphans, most=_MOST_FILES))


async def _orphans(work: Work, store: FileStore) -> list[str]:
    """Return files that a death left without a row, in the part of the store whose turn it is."""
    now_s = await work.look(lambda uow: uow.clock.now().timestamp())
    first = int(now_s // _SWEEP_S) * _SHARDS_AT_ONCE
    found = [
        digest
        for shard in range(first, first + _SHARDS_AT_ONCE)
        for digest in await store.old(shard % _SHARDS, older_than_s=_ORPHAN_S)
    ]
    known = await work.look(lambda uow: media.known_files(uow, found))
    return [digest for digest in found if digest not in known]


errands = (
    Errand(FETCH, _fetch, every_s=30),
    Errand(SWEEP, _sweep, every_s=_SWEEP_S),
)

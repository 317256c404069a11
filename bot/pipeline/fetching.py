"""Reads the books of platforms that only hint at what happened: page by page, each once.

A hint makes its book due, on disk, before the callback is answered. A page's updates and the
cursor behind them are written in one unit of work, and only if the cursor still stands where
the page began: whoever reads the same page at the same time changes nothing. What no hint
announced is found by looking into every book now and then, and once at the start.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.kernel import crash
from bot.kernel.errors import CannotStore, PlatformError, RetryLater, Undeliverable
from bot.kernel.ids import ChannelName
from bot.kernel.metrics import FETCH_ERRORS, FETCHED
from bot.kernel.ports import Fetcher, Page, Work
from bot.kernel.work import Statement, UnitOfWork
from bot.pipeline import inbox
from bot.pipeline.alarm import Alarm
from bot.storage.columns import instant, integer, micros

log = structlog.get_logger(__name__)

LONGEST_WAIT_S = 600.0
"""No book is left alone for longer, whatever is configured and whatever a platform asks for."""
MOST_IDLE_PAGES = 100
"""So many pages without anything new end a round, even if each moves the cursor."""
TELL_AFTER_TRIES = 5
_BACK_OFF_FACTOR = 2.0
_LONGEST_BACK_OFF_S = 300.0
_BUG_REST_S = 60.0
_STORE_AGAIN_S = 1.0

_OPEN = Statement(
    "INSERT INTO fetches (channel, book, cursor, hint, hinted_at, hints, due_at, tries, error_code)"
    " VALUES (:channel, :book, '', '', :now, 0, :now, 0, 0)"
    " ON CONFLICT (channel, book) DO UPDATE SET tries = 0,"
    " due_at = CASE WHEN fetches.shut_at IS NULL THEN excluded.due_at END"
)
_POKE = Statement(
    "INSERT INTO fetches (channel, book, cursor, hint, hinted_at, hints, due_at, tries, error_code)"
    " VALUES (:channel, :book, '', :hint, :now, 1, :now, 0, 0)"
    " ON CONFLICT (channel, book) DO UPDATE SET hint = excluded.hint,"
    " hinted_at = excluded.hinted_at, hints = fetches.hints + 1,"
    # a platform that asked for patience, or is broken, is not asked earlier for a hint
    " due_at = CASE WHEN fetches.tries > 0 AND fetches.shut_at IS NULL THEN fetches.due_at"
    " ELSE excluded.due_at END, shut_at = NULL"
)
_SHUT = Statement(
    "INSERT INTO fetches (channel, book, cursor, hint, hinted_at, hints, tries, error_code,"
    " shut_at) VALUES (:channel, :book, '', '', :now, 0, 0, 0, :now)"
    " ON CONFLICT (channel, book) DO UPDATE SET due_at = NULL, hint = '',"
    " shut_at = excluded.shut_at"
)
_READ = Statement(
    "SELECT cursor, hint, hinted_at, hints, due_at, tries FROM fetches"
    " WHERE channel = :channel AND book = :book"
)
_TURN = Statement(
    "UPDATE fetches SET cursor = :cursor, tries = 0, error = NULL, error_code = 0"
    " WHERE channel = :channel AND book = :book AND cursor = :before RETURNING 1"
)
_REST = Statement(
    "UPDATE fetches SET due_at = :due_at, hint = ''"
    " WHERE channel = :channel AND book = :book AND hints = :hints AND shut_at IS NULL"
)
_FAILED = Statement(
    "UPDATE fetches SET due_at = :due_at, tries = tries + 1, error = :error, error_code = :code,"
    " hint = CASE WHEN hints = :hints THEN '' ELSE hint END"  # it may have been the hint's fault
    " WHERE channel = :channel AND book = :book AND cursor = :before AND shut_at IS NULL"
)
_CLOSE = Statement("UPDATE fetches SET due_at = NULL WHERE channel = :channel AND book = :book")
DUE = Statement(
    "SELECT channel, book FROM fetches WHERE due_at IS NOT NULL AND due_at <= :now LIMIT 2000"
)
"""Books that want to be looked into."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a book lies open: `before` is the cursor, `hints` how many hints there were."""

    channel: ChannelName
    book: str
    before: str
    hint: str
    hints: int
    tries: int
    wait_s: float


class Fetching:
    """Looks into the books of all channels that have some."""

    def __init__(
        self,
        fetchers: Mapping[ChannelName, Fetcher],
        work: Work,
        answered: inbox.Answered,
        alarm: Alarm,
    ) -> None:
        self._fetchers = fetchers
        self._work = work
        self._answered = answered
        self._alarm = alarm
        self._closed = False

    def open(self, uow: UnitOfWork) -> None:
        """Make every configured book due: nobody knows what happened while we were away."""
        now = micros(uow.clock.now())
        for channel, fetcher in self._fetchers.items():
            for book in fetcher.books:
                uow.run(_OPEN, channel=channel, book=book, now=now)
                uow.wake(_key(channel, book))

    def close(self) -> None:
        """Begin no further page; what was read of a book stays read."""
        self._closed = True

    async def poke(self, channel: ChannelName, hints: Mapping[str, str | None]) -> None:
        """Write down that books want to be looked into; implements the kernel's `Poke`.

        One without a hint is not ours any more: nobody looks into it, after a start neither,
        until there is a hint for it.
        """

        def note(uow: UnitOfWork) -> None:
            for book in sorted(hints):
                hint = hints[book]
                if hint is None:
                    uow.run(_SHUT, channel=channel, book=book, now=micros(uow.clock.now()))
                else:
                    poke(uow, channel, book, hint)
            crash.step("fetch.poked")

        await self._work.do(note)

    async def drain(self, rest: str) -> float | None:
        """Read one book to its end.

        Args:
            rest: the engine's key without its first part: channel and book.

        Returns:
            The seconds after which there is more to do; None when nobody fetches this book.
        """
        channel, _, book = rest.partition(":")
        try:
            return await self._drain(ChannelName(channel), book)
        except CannotStore:
            return _STORE_AGAIN_S

    async def _drain(self, channel: ChannelName, book: str) -> float | None:
        fetcher, idle = self._fetchers.get(channel), 0
        if fetcher is None or book not in fetcher.books:
            await self._work.do(lambda uow: uow.run(_CLOSE, channel=channel, book=book))
            return None
        place = await self._work.look(lambda uow: _place(uow, channel, book, fetcher.hint_lives_s))
        while place is not None and place.wait_s <= 0 and not self._closed:
            try:
                page = await fetcher.fetch(book, place.before, place.hint)
                crash.step("fetch.asked")
                new = await self._keep(place, page)
            except PlatformError as exc:
                return await self._put_off(place, exc)
            except CannotStore:
                raise
            except Exception as exc:
                log.exception("fetch.failed", channel=channel)
                bug = RetryLater(f"{type(exc).__name__} in our own code", after_s=_BUG_REST_S)
                return await self._put_off(place, bug)
            crash.step("fetch.recorded")
            idle = 0 if new else idle + 1
            if new is not None and _is_last(page, place, new=new, idle=idle):
                await self._end_round(place, fetcher.poll_every_s)
            place = await self._work.look(
                lambda uow: _place(uow, channel, book, fetcher.hint_lives_s)
            )
        return place.wait_s if place else None

    async def _keep(self, place: _Place, page: Page) -> int | None:
        """Write a page down and turn it.

        Returns:
            How much of it was new; None when somebody else has turned it meanwhile.
        """

        def write(uow: UnitOfWork) -> int | None:
            turned = uow.run(
                _TURN,
                channel=place.channel,
                book=place.book,
                before=place.before,
                cursor=page.cursor,
            )
            if not turned:  # what follows is read from where the other one has come to
                return None
            accepted = inbox.put(uow, page.updates, self._answered)
            crash.step("fetch.written")
            return sum(one.id is not None for one in accepted)

        new = await self._work.do(write)
        if page.updates:  # of errands, and of empty pages, there is nothing to say
            FETCHED.labels(place.channel).inc(new or 0)
            log.info("fetch.page", channel=place.channel, updates=len(page.updates), new=new)
        return new

    async def _end_round(self, place: _Place, poll_every_s: float) -> None:
        """Let a book rest until the next poll, unless a hint came meanwhile."""
        rest_s = min(poll_every_s, LONGEST_WAIT_S)

        def rest(uow: UnitOfWork) -> None:
            uow.run(
                _REST,
                channel=place.channel,
                book=place.book,
                hints=place.hints,
                due_at=micros(uow.clock.now() + timedelta(seconds=rest_s)),
            )

        await self._work.do(rest)

    async def _put_off(self, place: _Place, error: PlatformError) -> float:
        """Look into a book later, as its platform's error asks for; tell operators in time."""
        after_s = _back_off_s(error, place.tries)
        FETCH_ERRORS.labels(place.channel, str(error.code), type(error).__name__).inc()
        log.warning("fetch.refused", channel=place.channel, code=error.code, tries=place.tries + 1)

        def put_off(uow: UnitOfWork) -> None:
            due_at = uow.clock.now() + timedelta(seconds=after_s)
            uow.run(
                _FAILED,
                channel=place.channel,
                book=place.book,
                before=place.before,
                hints=place.hints,
                due_at=micros(due_at),
                error=str(error),
                code=error.code,
            )
            first = 0 if isinstance(error, Undeliverable) else TELL_AFTER_TRIES - 1
            if place.tries == first:
                self._alarm.fetch_failed(uow, place.channel, place.book, error)

        await self._work.do(put_off)
        return after_s


def poke(uow: UnitOfWork, channel: ChannelName, book: str, hint: str = "") -> None:
    """Make a book due."""
    uow.run(_POKE, channel=channel, book=book, hint=hint, now=micros(uow.clock.now()))
    uow.wake(_key(channel, book))


def _is_last(page: Page, place: _Place, *, new: int, idle: int) -> bool:
    """Return True when a round ends here; a platform may say "more" without ever giving it."""
    moved = page.cursor != place.before
    lost = page.more and (not (new or moved) or idle >= MOST_IDLE_PAGES)
    if lost:
        log.warning("fetch.no_progress", channel=place.channel, pages=idle)
    return lost or not page.more


def _back_off_s(error: PlatformError, tries: int) -> float:
    if not isinstance(error, RetryLater):
        return _LONGEST_BACK_OFF_S  # an operator must act, and need not restart us afterwards
    grows = 1.0 if error.uncounted else _BACK_OFF_FACTOR ** min(tries, 10)
    return min(error.after_s * grows, _LONGEST_BACK_OFF_S)


def _place(uow: UnitOfWork, channel: ChannelName, book: str, hint_lives_s: float) -> _Place | None:
    rows = uow.run(_READ, channel=channel, book=book)
    if not rows or rows[0][4] is None:
        return None
    cursor, hint, hinted_at, hints, due_at, tries = rows[0]
    now = uow.clock.now()
    is_good = abs((now - instant(hinted_at)).total_seconds()) < hint_lives_s
    return _Place(
        channel,
        book,
        str(cursor),
        str(hint) if is_good else "",
        integer(hints),
        integer(tries),
        (instant(due_at) - now).total_seconds(),
    )


def _key(channel: ChannelName, book: str) -> str:
    return f"fetch:{channel}:{book}"

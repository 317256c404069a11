"""The doors for platforms: `/callback/<channel>`.

A callback is answered with 200 only when what it says is on disk. Bad ones get the status
that says why, one log line without content, and leave nothing behind.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import lru_cache
from time import perf_counter, time
from urllib.parse import unquote_plus

import structlog
from aiohttp import HttpVersion11, StreamReader, web
from typing_extensions import override

from bot.kernel import crash, metrics
from bot.kernel.errors import BadCallback, CannotStore
from bot.kernel.ids import ChannelName, OutboxId
from bot.kernel.messages import Outgoing, RawCallback, Received, Update
from bot.kernel.ports import (
    Accept,
    Accepted,
    PassiveAnswers,
    PassiveDesk,
    Poke,
    Receiver,
    StreamDesk,
    StreamedAnswers,
)
from bot.web.log_budget import LogBudget
from bot.web.streams import Streams

log = structlog.get_logger(__name__)

MAX_BODY_BYTES = 64 * 1024
BODY_TIMEOUT_S = 5.0  # WeCom itself gives up after 5 s (path/90930, 2026-07)
_REFUSALS_LOGGED_PER_S = 10
_UNKNOWN = ChannelName("unknown")
_SUCCESS = b"success"


class TooLarge(BadCallback):
    """The body is larger than any platform sends; the rest of it was not read."""


class TooSlow(BadCallback):
    """The body did not come in time."""


class Overloaded(CannotStore):
    """Too many callbacks wait for the disk already, or one waits for too long."""


class Crowd:
    """Knows which callbacks wait for the disk; refuses more when they are too many.

    A platform comes again when it is refused. One that waits for long gives up and comes
    again too, and then both wait: refusing early keeps the answers of the others quick.
    """

    def __init__(
        self, accept: Accept, poke: Poke | None = None, *, most: int, longest_s: float
    ) -> None:
        self._accept = accept
        self._poke = poke
        self._most = most
        self._longest_s = longest_s
        self._since: dict[object, float] = {}

    def check(self) -> None:
        """Raise Overloaded when no further callback should wait."""
        since = self._since
        if not since:
            return
        oldest = next(iter(since.values()))  # a dict keeps the order of arrival
        if len(since) >= self._most or perf_counter() - oldest > self._longest_s:
            raise Overloaded(f"{len(since)} callbacks wait for the disk")

    async def accept(self, updates: Sequence[Update]) -> Sequence[Accepted]:
        """Write updates down and be counted meanwhile."""
        me = object()
        self._since[me] = perf_counter()
        try:
            return await self._accept(updates)
        finally:
            del self._since[me]

    async def poke(self, channel: ChannelName, hints: Mapping[str, str | None]) -> None:
        """Write hints down and be counted meanwhile."""
        if self._poke is None:
            raise CannotStore("nobody fetches")
        me = object()
        self._since[me] = perf_counter()
        try:
            await self._poke(channel, hints)
        finally:
            del self._since[me]


@dataclass(frozen=True, slots=True)
class Webhooks:
    """All doors.

    `passive` and `streams` are needed when a receiver answers in the response, `poke` when one
    gets hints.
    """

    receivers: Mapping[ChannelName, Receiver]
    accept: Accept
    passive: PassiveDesk | None = None
    poke: Poke | None = None
    max_waiting: int = 512
    max_wait_s: float = 0.5
    budget: LogBudget = field(default_factory=lambda: LogBudget(_REFUSALS_LOGGED_PER_S))
    streams: StreamDesk | None = None

    def routes(self) -> Iterable[web.RouteDef]:
        """Return the routes: a plain one for each door, which is found fastest, and the rest."""
        crowd = Crowd(self.accept, self.poke, most=self.max_waiting, longest_s=self.max_wait_s)
        for channel, receiver in self.receivers.items():
            streams = None
            if self.streams is not None and isinstance(receiver, StreamedAnswers):
                streams = Streams(channel, receiver, self.streams)
            door = _Door(channel, receiver, crowd, self.passive, self.budget, streams=streams)
            for method in ("GET", "POST"):
                yield web.route(method, f"/callback/{channel}", door.answer)
        yield web.route("*", "/callback/{channel}", self._no_door)

    async def _no_door(self, request: web.Request) -> web.Response:
        status = 405 if request.match_info["channel"] in self.receivers else 404
        return _refuse(self.budget, _UNKNOWN, BadCallback("no such door", status=status))


class _Door:
    """One channel's way in."""

    def __init__(
        self,
        channel: ChannelName,
        receiver: Receiver,
        crowd: Crowd,
        passive: PassiveDesk | None,
        budget: LogBudget,
        *,
        streams: Streams | None = None,
    ) -> None:
        self._streams = streams
        self._channel = channel
        self._receiver = receiver
        self._crowd = crowd
        self._passive = passive
        self._sealer = receiver if passive and isinstance(receiver, PassiveAnswers) else None
        self._budget = budget
        self._accepted = metrics.ACCEPTED.labels(channel)
        self._repeated = metrics.DUPLICATES.labels(channel)
        self._seconds = metrics.CALLBACK_SECONDS.labels(channel)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer one callback."""
        started = perf_counter()
        size = request.content_length
        try:
            self._crowd.check()
            raw = RawCallback(
                request.method, _query(request.raw_path), await _body(request.content, size)
            )
            received = await self._receive(raw)
            accepted = await self._keep(received) if received.updates else ()
            if received.hints:
                await self._crowd.poke(self._channel, received.hints)
            if self._sealer is not None and self._passive is not None:
                response = await self._answer_passively(self._passive, request, raw, accepted)
                if response is not None:
                    return response
            if self._streams is not None:
                response = await self._stream(self._streams, request, raw, received, accepted)
                if response is not None:
                    return response
            return _acknowledgement(request, received.answer)
        except (BadCallback, CannotStore) as exc:
            return _refuse(self._budget, self._channel, exc, size)
        except Exception as exc:  # our mistake: not on disk, so the platform shall come again
            if self._budget.take() is not None:
                log.exception("callback.failed", channel=self._channel)
            return _refuse(self._budget, self._channel, CannotStore(repr(exc)), size)
        finally:
            self._seconds.observe(perf_counter() - started)

    async def _receive(self, raw: RawCallback) -> Received:
        """Open one callback; whatever a receiver stumbles over is the callback's fault."""
        try:
            return await self._receiver.receive(raw)
        except (BadCallback, CannotStore):
            raise
        except Exception as exc:
            raise BadCallback("the receiver let an error out") from exc

    async def _keep(self, received: Received) -> Sequence[Accepted]:
        accepted = await self._crowd.accept(received.updates)
        crash.step("inbox.accepted")
        repeats = sum(one.id is None for one in accepted)
        if new := len(accepted) - repeats:
            self._accepted.inc(new)
        if repeats:
            self._repeated.inc(repeats)
        return accepted

    async def _answer_passively(
        self,
        desk: PassiveDesk,
        request: web.Request,
        raw: RawCallback,
        accepted: Sequence[Accepted],
    ) -> web.StreamResponse | None:
        """Let the response carry the answer; None when there is none that could travel so."""
        sealed = await self._sealed(desk, raw, accepted)
        if sealed is None:
            return None
        item, body = sealed
        response = _plain(body)
        arrived = await _write(request, response)
        if item is None:
            return response
        try:
            if arrived:
                metrics.PASSIVE.labels(self._channel).inc()
                await desk.delivered(item)
            else:
                await desk.release(item)
        except CannotStore:  # found later as one of which nobody knows whether it arrived
            log.warning("callback.unrecorded", channel=self._channel, item=item)
        return response

    async def _stream(
        self,
        streams: Streams,
        request: web.Request,
        raw: RawCallback,
        received: Received,
        accepted: Sequence[Accepted],
    ) -> web.StreamResponse | None:
        """Write the response that the platform asks for, and down what it carried."""
        made = await streams.respond(raw, received, accepted)
        if made is None:
            return None
        response = _plain(made.body)
        arrived = await _write(request, response)
        if arrived and made.receipts:
            metrics.PASSIVE.labels(self._channel).inc()
        try:
            await streams.written(made, arrived=arrived)
        except CannotStore:
            log.warning("callback.unrecorded", channel=self._channel)
        return response

    async def _sealed(
        self, desk: PassiveDesk, raw: RawCallback, accepted: Sequence[Accepted]
    ) -> tuple[OutboxId | None, bytes] | None:
        """Return the answer as the platform takes it; whatever fails, the sender brings it."""
        receiver = self._sealer
        if receiver is None or len(accepted) != 1:
            return None
        update = accepted[0].update
        if not receiver.wants_passive(update):
            return None
        try:
            if accepted[0].id is None:
                return await _sealed_again(receiver, desk, raw, update)
            claimed = await desk.claim(accepted[0].id, receiver.passive_wait_s)
            if claimed is None:
                return None
            item, outgoing = claimed
            body = _seal(receiver, outgoing, raw, update)
            if body is None:
                await desk.release(item)
        except CannotStore:
            return None
        return None if body is None else (item, body)


async def _sealed_again(
    receiver: PassiveAnswers, desk: PassiveDesk, raw: RawCallback, update: Update
) -> tuple[None, bytes] | None:
    """Return the answer of the first time once more; nothing is noted of it."""
    said = await desk.again(update)
    body = _seal(receiver, said, raw, update) if said is not None else None
    return None if body is None else (None, body)


def _seal(
    receiver: PassiveAnswers, outgoing: Outgoing, raw: RawCallback, update: Update
) -> bytes | None:
    try:
        return receiver.seal(outgoing, raw, update)
    except Exception:
        log.exception("callback.not_sealed", channel=update.channel)
        return None


async def _write(request: web.Request, response: web.Response) -> bool:
    """Write a response out; False when nobody is there to read it."""
    try:
        await response.prepare(request)
        await response.write_eof()
    except OSError:
        return False
    return request.transport is not None and not request.transport.is_closing()


class _Ready(web.StreamResponse):
    """An acknowledgement that leaves in one write, and keeps nothing of its request.

    What aiohttp makes anew for every response, an eighth of what a callback costs, is the
    same for all of these, and so is this object.
    """

    keep_alive = True

    @override
    async def prepare(self, request: web.BaseRequest) -> None:
        if request.transport is not None:
            request.transport.write(_success(int(time())))

    @override
    async def write_eof(self, data: bytes = b"") -> None:
        """Everything was written already."""


_READY = _Ready()


@lru_cache(maxsize=1)
def _success(now_s: int) -> bytes:
    lines = (
        "HTTP/1.1 200 OK",
        "Content-Type: text/plain",
        f"Content-Length: {len(_SUCCESS)}",
        f"Date: {formatdate(now_s, usegmt=True)}",
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + _SUCCESS


def _acknowledgement(request: web.Request, answer: bytes) -> web.StreamResponse:
    stays = request.version >= HttpVersion11 and request.keep_alive
    return _READY if stays and answer == _SUCCESS else _plain(answer)


def _plain(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="text/plain")


def _refuse(
    budget: LogBudget, channel: ChannelName, exc: BadCallback | CannotStore, size: int | None = None
) -> web.Response:
    """Count and log what was refused, without a word of it, and return the answer."""
    status = exc.status if isinstance(exc, BadCallback) else 503
    metrics.REFUSED.labels(channel, str(status)).inc()
    unsaid = budget.take()
    if unsaid is not None:
        log.warning(
            "callback.refused",
            channel=channel,
            reason=type(exc.__cause__ or exc).__name__,
            status=status,
            size_bytes=size,
            unsaid=unsaid,
        )
    headers = {"Retry-After": "1"} if status == 503 else None  # noqa: PLR2004 - HTTP's own number
    response = web.Response(status=status, headers=headers)
    if isinstance(exc, TooLarge | TooSlow):
        response.force_close()  # the rest of the body is not worth reading
    return response


def _query(path: str) -> dict[str, str]:
    """Return the query of a request path, decoded once; of equal names the last one counts."""
    values = {}
    for pair in path.partition("?")[2].split("&"):
        name, equals, value = pair.partition("=")
        if equals:
            values[_decoded(name)] = _decoded(value)
    return values


def _decoded(text: str) -> str:
    return unquote_plus(text) if "%" in text or "+" in text else text


async def _body(content: StreamReader, announced_bytes: int | None) -> bytes:
    """Read the body, but never more than a platform would send.

    Raises:
        TooLarge: it is announced or turns out to be too large.
        TooSlow: it does not end in time.
        BadCallback: it broke off.
    """
    if announced_bytes is not None and announced_bytes > MAX_BODY_BYTES:
        raise TooLarge("the body is too large", status=413)
    if content.is_eof():  # small ones came with the head
        return _checked(content.read_nowait())
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            while len(body) <= MAX_BODY_BYTES and (chunk := await content.readany()):
                body += chunk
    except TimeoutError:
        raise TooSlow("the body did not come in time", status=408) from None
    except Exception as exc:
        raise BadCallback("the body broke off") from exc
    return _checked(bytes(body))


def _checked(body: bytes) -> bytes:
    if len(body) > MAX_BODY_BYTES:
        raise TooLarge("the body is too large", status=413)
    return body

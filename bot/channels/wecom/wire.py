"""Posts small JSON to one host over connections that are kept: the call that every answer makes.

aiohttp's client takes 65 µs of a core for it, this 20, a tenth of a whole check-in (ADR 0012).
It does nothing else; what is larger, rarer or stranger goes through aiohttp.
"""

import asyncio
import ssl
from collections.abc import Sequence
from functools import cached_property
from socket import SOCK_STREAM
from typing import Protocol, TypeAlias, cast

from aiohappyeyeballs import AddrInfoType, start_connection
from typing_extensions import override
from yarl import URL

_NEXT_ADDRESS_S = 0.25  # before the next address of a host is tried as well
_KEPT_S = 15.0  # an idle connection; servers close theirs after a minute or more
_MAX_ANSWER_BYTES = 1024 * 1024
_CONTINUE = 200  # below this, the real answer is still to come

Answered: TypeAlias = tuple[int, bytes]
"""HTTP status and body."""


class NotConnected(Exception):
    """Nothing left this machine."""


class NoAnswer(Exception):
    """The request may have arrived, and nobody can say what became of it."""


class Parser(Protocol):
    """What we use of `httptools.HttpResponseParser`."""

    def feed_data(self, data: bytes) -> None:
        """Parse some bytes."""

    def get_status_code(self) -> int:
        """Return the status."""

    def should_keep_alive(self) -> bool:
        """Return False when the server closes after this answer."""


def can_be_used() -> bool:
    """Return True where the extra `speed` is installed."""
    try:
        import httptools  # noqa: F401, PLC0415 - an extra
    except ImportError:
        return False
    return True


class _Line(asyncio.Protocol):
    """One connection: a question, its answer, the next question."""

    def __init__(self) -> None:
        from httptools import HttpResponseParser  # noqa: PLC0415 - an extra

        self._loop = asyncio.get_running_loop()
        self._parser: Parser = HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Answered] | None = None
        self._body = bytearray()
        self.idle_since = 0.0

    async def ask(self, request: bytes, within_s: float) -> Answered:
        """Send a request and return its answer.

        Raises:
            NotConnected: the server has hung up already.
            NoAnswer: it broke off, is no HTTP, is too long or does not come in time.
        """
        if self._transport is None:
            raise NotConnected("hung up")
        self._answer = self._loop.create_future()
        self._transport.write(request)
        alarm = self._loop.call_later(within_s, self._fail, "no answer in time")
        try:
            return await self._answer
        except BaseException:
            self.close()
            raise
        finally:
            alarm.cancel()
            self._answer = None
            self.idle_since = self._loop.time()

    def is_open(self) -> bool:
        """Return True while another question may be asked."""
        return self._transport is not None and not self._transport.is_closing()

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    def _fail(self, reason: str) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(NoAnswer(reason))
        self.close()

    # ── called by the transport ─────────────────────────────────────────────────────────

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own is not declared so

    @override
    def data_received(self, data: bytes) -> None:
        if self._answer is None or self._answer.done():
            self.close()  # nobody asked
            return
        try:
            self._parser.feed_data(data)
        except Exception:  # noqa: BLE001 - whatever the parser stumbles over
            self._fail("the answer is no HTTP")

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._fail("the connection broke off")

    # ── called by the parser ────────────────────────────────────────────────────────────

    def on_message_begin(self) -> None:
        """Forget what was said before; a second answer is one too many for this connection."""
        self._body = bytearray()
        if self._answer is None or self._answer.done():
            self.close()

    def on_body(self, part: bytes) -> None:
        """Collect the body."""
        self._body += part
        if len(self._body) > _MAX_ANSWER_BYTES:
            self._fail("the answer is too long")

    def on_message_complete(self) -> None:
        """Hand the answer over."""
        status = self._parser.get_status_code()
        if status < _CONTINUE or self._answer is None or self._answer.done():
            return
        if not self._parser.should_keep_alive():
            self.close()
        self._answer.set_result((status, bytes(self._body)))


class Wire:
    """Keeps connections to one host and posts over them."""

    def __init__(self, base: URL, *, timeout_s: float, connect_s: float) -> None:
        self._base = base
        self._timeout_s = timeout_s
        self._connect_s = connect_s
        self._idle: list[_Line] = []
        self._lookup: asyncio.Task[Sequence[AddrInfoType]] | None = None
        self._head = (
            f"Host: {base.authority}\r\nAccept: */*\r\nContent-Type: application/json\r\n"
            "Content-Length: "
        )

    def close(self) -> None:
        """Hang up everywhere."""
        while self._idle:
            self._idle.pop().close()
        if self._lookup is not None:
            self._lookup.cancel()

    async def post(self, address: URL, body: bytes) -> Answered:
        """Post JSON to an address of this host.

        Raises:
            NotConnected: nothing was sent.
            NoAnswer: nobody knows what was made of it.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + self._timeout_s
        line = self._take() or await self._connect()
        request = f"POST {address.raw_path_qs} HTTP/1.1\r\n{self._head}{len(body)}\r\n\r\n"
        answer = await line.ask(request.encode() + body, end - loop.time())
        if line.is_open():
            self._idle.append(line)
        return answer

    def _take(self) -> _Line | None:
        """Return the connection that was used last, if it is fresh: the oldest may go cold."""
        now = asyncio.get_running_loop().time()
        while self._idle:
            line = self._idle.pop()
            if line.is_open() and now - line.idle_since < _KEPT_S:
                return line
            line.close()
        return None

    async def _connect(self) -> _Line:
        """Connect to whichever of the host's addresses answers first (RFC 8305)."""
        try:
            async with asyncio.timeout(self._connect_s):
                socket = await start_connection(
                    await self._addresses(), happy_eyeballs_delay=_NEXT_ADDRESS_S, interleave=1
                )
                name = self._base.host if self._tls else None
                _transport, line = await asyncio.get_running_loop().create_connection(
                    _Line, sock=socket, ssl=self._tls, server_hostname=name
                )
        except (OSError, TimeoutError) as exc:
            raise NotConnected(type(exc).__name__) from None
        return line

    async def _addresses(self) -> Sequence[AddrInfoType]:
        """Look the host up, once for all who want to connect: a lookup takes a thread."""
        if self._lookup is None or self._lookup.done():
            self._lookup = asyncio.create_task(_look_up(self._base))
            self._lookup.add_done_callback(_heard)
        return await asyncio.shield(self._lookup)

    @cached_property
    def _tls(self) -> ssl.SSLContext | None:
        return ssl.create_default_context() if self._base.scheme == "https" else None


def _heard(lookup: "asyncio.Task[Sequence[AddrInfoType]]") -> None:
    """Take note of how a lookup ended; those who asked may have given up."""
    if not lookup.cancelled():
        lookup.exception()


async def _look_up(base: URL) -> Sequence[AddrInfoType]:
    loop = asyncio.get_running_loop()
    return await loop.getaddrinfo(base.host, base.port, type=SOCK_STREAM)

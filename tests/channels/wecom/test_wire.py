"""Our own few lines of HTTP, on both event loops: what may happen on a connection, and after it."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest
import uvloop
from aiohappyeyeballs import AddrInfoType
from yarl import URL

from bot.channels.wecom import wire
from bot.channels.wecom.wire import NoAnswer, NotConnected, Wire
from tests.kit.certificates import make_certificate
from tests.kit.postgres import free_port

T = TypeVar("T")
Run = Callable[[Coroutine[Any, Any, T]], T]
Reply = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run[Any]:
    def run_on_loop(story: Coroutine[Any, Any, T]) -> T:
        with asyncio.Runner(loop_factory=request.param) as runner:
            return runner.run(asyncio.wait_for(story, 10))

    return run_on_loop


class Host:
    """A server that says what it is told to, one reply for each request."""

    def __init__(self, *replies: Reply, tls: ssl.SSLContext | None = None) -> None:
        self.replies = list(replies)
        self.connections = 0
        self.requests: list[bytes] = []
        self._tls = tls
        self._open: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Wire:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        port = self._server.sockets[0].getsockname()[1]
        scheme = "https" if self._tls else "http"
        self.wire = Wire(URL(f"{scheme}://localhost:{port}"), timeout_s=0.5, connect_s=2)
        self.address = URL(f"{scheme}://localhost:{port}/send?access_token=a%2Bb")
        return self.wire

    async def __aexit__(self, *_: object) -> None:
        self.wire.close()
        self._server.close()
        for writer in self._open:
            writer.close()

    async def ask(self, body: bytes = b"{}") -> wire.Answered:
        return await self.wire.post(self.address, body)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open.add(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                size = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                self.requests.append(head + await reader.readexactly(size))
                reply = self.replies.pop(0)
                if isinstance(reply, bytes):
                    writer.write(reply)
                else:
                    await reply(writer)


def test_questions_share_a_connection(run: Run[Any]) -> None:
    async def story() -> None:
        host = Host(OK, OK, OK)
        async with host:
            assert [await host.ask() for _ in range(3)] == [(200, b"ok")] * 3
        assert host.connections == 1
        assert host.requests[0].startswith(b"POST /send?access_token=a%2Bb HTTP/1.1\r\n")
        assert host.requests[0].endswith(b"\r\n\r\n{}")

    run(story())


def test_questions_at_once_have_a_connection_each(run: Run[Any]) -> None:
    async def story() -> None:
        host = Host(OK, OK, OK)
        async with host:
            await asyncio.gather(*(host.ask() for _ in range(3)))
        assert host.connections == 3

    run(story())


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK,
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
    ],
    ids=["chunked", "continue", "close", "old"],
)
def test_unusual_answers_are_understood(run: Run[Any], reply: bytes) -> None:
    async def in_pieces(writer: asyncio.StreamWriter) -> None:
        for byte in reply:
            writer.write(bytes([byte]))
            await asyncio.sleep(0)

    async def story() -> None:
        host = Host(reply, in_pieces, OK)
        async with host:
            assert [await host.ask() for _ in range(3)] == [(200, b"ok")] * 3

    run(story())


@pytest.mark.parametrize(
    "reply",
    [
        b"220 mail.example.com ESMTP\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n" + b" " * 2_000_000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok",  # and then nothing more
        b"",
    ],
    ids=["mail", "no number", "too long", "cut", "silence"],
)
def test_no_answer_leaves_a_doubt_and_a_clean_start(run: Run[Any], reply: bytes) -> None:
    async def story() -> None:
        host = Host(reply, OK)
        async with host:
            with pytest.raises(NoAnswer):
                await host.ask()
            assert await host.ask() == (200, b"ok")
        assert host.connections == 2

    run(story())


def test_a_connection_that_breaks_off_leaves_a_doubt(run: Run[Any]) -> None:
    async def hang_up(writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    async def story() -> None:
        host = Host(hang_up, OK)
        async with host:
            with pytest.raises(NoAnswer):
                await host.ask()
            assert await host.ask() == (200, b"ok")

    run(story())


def test_an_answer_nobody_asked_for_is_never_taken_for_the_next(run: Run[Any]) -> None:
    stray = OK.replace(b"ok", b"no")

    async def twice(writer: asyncio.StreamWriter) -> None:
        writer.write(OK)
        await asyncio.sleep(0.05)
        writer.write(stray)

    async def story() -> None:
        for reply in (OK + stray, twice):
            host = Host(reply, OK)
            async with host:
                assert await host.ask() == (200, b"ok")
                await asyncio.sleep(0.1)
                assert await host.ask() == (200, b"ok")

    run(story())


def test_the_beginning_of_a_second_answer_ends_the_connection(run: Run[Any]) -> None:
    stray = OK.replace(b"ok", b"no")

    async def story() -> None:
        for cut in range(1, len(stray)):
            host = Host(OK + stray[:cut], OK)
            async with host:
                assert [await host.ask(), await host.ask()] == [(200, b"ok")] * 2
            assert host.connections == 2, cut

    run(story())


def test_a_late_answer_to_somebody_who_gave_up_goes_to_nobody(run: Run[Any]) -> None:
    async def late(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.1)
        writer.write(OK.replace(b"ok", b"no"))

    async def story() -> None:
        host = Host(late, OK)
        async with host:
            asking = asyncio.create_task(host.ask())
            await asyncio.sleep(0.05)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            assert await host.ask() == (200, b"ok")

    run(story())


def test_a_kept_connection_that_was_closed_meanwhile_is_not_used(run: Run[Any]) -> None:
    async def answer_and_leave(writer: asyncio.StreamWriter) -> None:
        writer.write(OK)
        writer.close()

    async def story() -> None:
        host = Host(answer_and_leave, OK)
        async with host:
            await host.ask()
            await asyncio.sleep(0.05)
            assert await host.ask() == (200, b"ok")

    run(story())


def test_a_connection_that_was_idle_for_long_is_not_used(
    run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "_KEPT_S", 0.0)

    async def story() -> None:
        host = Host(OK, OK)
        async with host:
            await host.ask()
            await host.ask()
        assert host.connections == 2

    run(story())


def test_nobody_there_means_that_nothing_was_sent(run: Run[Any]) -> None:
    async def story() -> None:
        host = Host()
        async with host:
            pass
        for address in (host.address, URL("http://nowhere.invalid/")):
            with pytest.raises(NotConnected):
                await Wire(address, timeout_s=1, connect_s=1).post(address, b"{}")

    run(story())


def test_a_host_with_a_dead_address_is_reached_by_the_next(
    run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[URL] = []

    async def look_up(base: URL) -> Sequence[AddrInfoType]:
        looked_up.append(base)
        await asyncio.sleep(0.05)
        return [
            (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", port))
            for port in (free_port(), base.port)
        ]

    monkeypatch.setattr(wire, "_look_up", look_up)

    async def story() -> None:
        host = Host(OK, OK, OK)
        async with host:
            await asyncio.gather(*(host.ask() for _ in range(3)))
        assert len(looked_up) == 1

    run(story())


def test_a_known_certificate_is_asked_for(
    run: Run[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_certificate(tmp_path, "localhost")
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(path)

    async def story() -> None:
        host = Host(OK, tls=tls)
        async with host:
            with pytest.raises(NotConnected):
                await host.ask()
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
        async with host:
            assert await host.ask() == (200, b"ok")

    run(story())

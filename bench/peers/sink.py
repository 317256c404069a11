"""A platform that takes every message at once: so little that it is never the bottleneck."""

import asyncio
import os
import time

from typing_extensions import override


class Platform(asyncio.Protocol):
    """Speaks as much HTTP as the bot's client does."""

    taken = 0
    last = 0.0

    def __init__(self) -> None:
        self._bytes = b""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    @override
    def data_received(self, data: bytes) -> None:
        self._bytes += data
        while (end := self._bytes.find(b"\r\n\r\n")) >= 0:
            head = self._bytes[:end].lower()
            at = head.find(b"content-length:")
            size = int(head[at + 15 :].partition(b"\r\n")[0]) if at >= 0 else 0
            if len(self._bytes) < end + 4 + size:
                return
            self._bytes = self._bytes[end + 4 + size :]
            self._transport.write(self._answer(head))

    def _answer(self, head: bytes) -> bytes:
        path = head.split(b" ", 2)[1]
        if path.startswith(b"/cgi-bin/message/send"):
            Platform.taken += 1
            Platform.last = time.monotonic()
            said = b'{"errcode":0,"errmsg":"ok","msgid":"m%d"}' % Platform.taken
        elif path.startswith(b"/cgi-bin/gettoken"):
            said = b'{"errcode":0,"errmsg":"ok","access_token":"t","expires_in":7200}'
        elif path == b"/last":
            said = repr(Platform.last).encode()
        else:
            said = str(Platform.taken).encode()
        kind = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
        return kind + str(len(said)).encode() + b"\r\n\r\n" + said


async def main() -> None:
    port = int(os.environ["PORT"])
    server = await asyncio.get_running_loop().create_server(Platform, "127.0.0.1", port)
    await server.serve_forever()


asyncio.run(main())

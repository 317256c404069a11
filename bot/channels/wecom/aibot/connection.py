"""An open connection: what we ask gets its answer, what the platform says by itself is heard."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import NoReturn

import structlog
from aiohttp import ClientError, ClientWebSocketResponse, WSMsgType

from bot.channels.wecom.aibot.frames import PING, Frame, frame, read_frame
from bot.channels.wecom.errors import error_of
from bot.channels.wecom.http import Json
from bot.kernel.errors import Ambiguous, PauseScope, PlatformError, RetryLater

log = structlog.get_logger(__name__)

PING_EVERY_S = 30.0
_MISSED_PINGS = 2
_SOON_S = 2.0
_ABNORMAL = 1006

Hear = Callable[[Frame], Awaitable[None]]
Nap = Callable[[float], Awaitable[None]]


def not_connected() -> RetryLater:
    """Return what is raised while there is no connection: nothing has left this machine."""
    return RetryLater("aibot: not connected", after_s=_SOON_S, uncounted=True)


class Connection:
    """One WebSocket, from its opening to its end."""

    def __init__(
        self,
        socket: ClientWebSocketResponse,
        hear: Hear,
        alive: Callable[[], None],
        *,
        ack_s: float,
        nap: Nap,
    ) -> None:
        self._socket = socket
        self._hear = hear
        self._alive = alive
        self._ack_s = ack_s
        self._nap = nap
        self._asked: dict[str, asyncio.Future[Frame]] = {}
        self._missed = 0

    async def ask(self, cmd: str, body: Json | None, *, req_id: str = "") -> Frame:
        """Send a frame and wait for its answer.

        Args:
            cmd: the command.
            body: what it needs.
            req_id: of the callback that this answers; empty for one of ours. Frames of one
                are sent one after the other.

        Raises:
            PlatformError: what the answer means, or that there was none.
        """
        req_id = req_id or f"{cmd}_{secrets.token_hex(8)}"
        if self._socket.closed or req_id in self._asked:
            raise not_connected()
        answered: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self._asked[req_id] = answered
        try:
            async with asyncio.timeout(self._ack_s):
                await self._socket.send_str(frame(cmd, req_id, body))
                answer = await answered
        except (ClientError, OSError, TimeoutError) as exc:
            raise Ambiguous(f"{cmd}: {type(exc).__name__}") from None
        finally:
            self._asked.pop(req_id, None)
        if answer.errcode:
            raise error_of(answer.errcode, answer.errmsg, call=cmd, limit=PauseScope.LANE)
        return answer

    async def read(self) -> NoReturn:
        """Hear what comes until the connection ends.

        Raises:
            RetryLater: it has ended.
        """
        async for message in self._socket:
            if message.type is WSMsgType.ERROR:
                break
            await self._take(message.data)
        code = self._socket.close_code
        if code is not None and code != _ABNORMAL:
            self._alive()  # an orderly end: what was said before has arrived
        raise RetryLater(f"aibot: the platform closed the connection ({code})", after_s=0)

    async def _take(self, said: str | bytes) -> None:
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        heard = read_frame(text)
        if heard is None:
            log.warning("aibot.unreadable_frame", size=len(text))
            return
        self._alive()
        if heard.cmd:
            await self._hear(heard)
            return
        answered = self._asked.get(heard.req_id)
        if answered is not None and not answered.done():  # else it came too late
            answered.set_result(heard)

    async def beat(self) -> NoReturn:
        """Show that we live, and find out whether the platform does.

        Raises:
            RetryLater: it does not.
        """
        pings = set[asyncio.Task[None]]()
        try:
            while True:
                await self._nap(PING_EVERY_S)
                if self._missed >= _MISSED_PINGS:
                    raise RetryLater("aibot: the platform answers no ping", after_s=0)
                self._missed += 1
                ping = asyncio.create_task(self._ping())
                pings.add(ping)
                ping.add_done_callback(pings.discard)
        finally:
            for ping in pings:
                ping.cancel()

    async def _ping(self) -> None:
        try:
            await self.ask(PING, None)
        except PlatformError:
            return  # it counts as missed
        self._missed = 0

    async def end(self) -> None:
        """Close it, and let nobody wait for an answer that will not come."""
        for answered in self._asked.values():
            if not answered.done():
                answered.set_exception(ConnectionResetError())
        await self._socket.close()

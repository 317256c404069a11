"""What was heard over the long connection and is not on disk yet; nobody brings it again."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.kernel.errors import CannotStore
from bot.kernel.messages import Update
from bot.kernel.ports import Accept

log = structlog.get_logger(__name__)

_MOST_WAITING = 1_000
_TOGETHER = 256
_AGAIN_S = 1.0
_FLUSH_S = 2.0


class Intake:
    """Keeps what was heard until it is written down, through reconnections too.

    When the database takes nothing for long, `put` waits, and the platform with it.
    """

    def __init__(self, nap: Callable[[float], Awaitable[None]]) -> None:
        self._heard: asyncio.Queue[Update] = asyncio.Queue(_MOST_WAITING)
        self._writing: list[Update] = []
        self._nap = nap

    async def put(self, update: Update) -> None:
        """Keep one."""
        await self._heard.put(update)

    async def work(self, accept: Accept) -> None:
        """Write down what comes, for ever."""
        while True:
            if not self._writing:
                self._writing.append(await self._heard.get())
            await self._write(accept)

    async def flush(self, accept: Accept) -> None:
        """Write down what is there; what can't be written in time waits for the next."""
        try:
            async with asyncio.timeout(_FLUSH_S):
                while self._writing or not self._heard.empty():
                    await self._write(accept)
        except TimeoutError:
            waiting = len(self._writing) + self._heard.qsize()
            log.error("aibot.not_written_down", updates=waiting)  # noqa: TRY400 - it is no bug

    async def _write(self, accept: Accept) -> None:
        while not self._heard.empty() and len(self._writing) < _TOGETHER:
            self._writing.append(self._heard.get_nowait())
        results = await asyncio.gather(
            *(accept([update]) for update in self._writing), return_exceptions=True
        )
        left = list[Update]()
        for update, result in zip(self._writing, results, strict=True):
            if isinstance(result, CannotStore):
                left.append(update)
            elif isinstance(result, BaseException):
                log.error("aibot.not_accepted", key=update.key, exc_info=result)
        self._writing = left
        if left:
            await self._nap(_AGAIN_S)

"""Wakes whoever waits for news, without losing a ring between looking and waiting."""

import asyncio


class Bell:
    """Rung after each change; `count` before looking tells whether it rang since."""

    def __init__(self) -> None:
        self.count = 0
        self.closed = False
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Wake everybody who waits."""
        self.count += 1
        self._event.set()
        self._event = asyncio.Event()

    def close(self) -> None:
        """Wake everybody for the last time."""
        self.closed = True
        self.ring()

    async def wait(self, seen: int, at_most_s: float) -> None:
        """Return once the bell rang after `seen`, or after `at_most_s` seconds."""
        if self.count != seen or self.closed:
            return
        try:
            async with asyncio.timeout(at_most_s):
                await self._event.wait()
        except TimeoutError:
            return

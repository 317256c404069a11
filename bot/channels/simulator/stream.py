"""Server-sent events: everything new or changed, for whoever has the page open.

An event's id is the revision of its message, so that a browser that comes back with
`Last-Event-ID` misses nothing. News of this process comes at once; those of another one, at
the next look.
"""

import asyncio
import json

from aiohttp import web

from bot.channels.simulator import reads
from bot.channels.simulator.channel import Simulator
from bot.channels.simulator.door import HEADERS, answer, number
from bot.channels.simulator.parts import message_json
from bot.kernel.errors import CannotStore

MAX_LISTENERS = 64
_LOOK_EVERY_S = 2.0
_HEARTBEAT_S = 15.0
_PER_LOOK = 200


class Stream:
    """The live feed of the page."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._listeners = 0

    async def listen(self, request: web.Request) -> web.StreamResponse:
        """Send news until the listener or the server leaves."""
        after = await self._after(request)
        if self._listeners >= MAX_LISTENERS:
            refused = answer({"error": "打开的页面太多了", "field": ""}, status=503)
            refused.headers["Retry-After"] = "10"
            return refused
        headers = {**HEADERS, "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        response = web.StreamResponse(headers=headers)
        response.content_type = "text/event-stream"
        response.charset = "utf-8"
        self._listeners += 1
        try:
            await response.prepare(request)
            await self._feed(response, after)
        except ConnectionResetError:
            pass  # the listener has left
        finally:
            self._listeners -= 1
        return response

    async def _after(self, request: web.Request) -> int:
        """Return the revision that the listener has seen already."""
        last = request.headers.get("Last-Event-ID", "")
        if last.isascii() and last.isdecimal():
            return min(int(last[:18]), 2**60)
        newest = await self._simulator.work.look(lambda uow: reads.state(uow, "revision"))
        return number(request, "after", newest)

    async def _feed(self, response: web.StreamResponse, after: int) -> None:
        simulator, loop = self._simulator, asyncio.get_running_loop()
        await response.write(b"retry: 1000\n: hello\n\n")
        offset, spoke_at = simulator.clock.offset, loop.time()
        while not simulator.bell.closed:
            seen = simulator.bell.count
            events, after, full = await self._news(after)
            if simulator.clock.offset != offset:
                offset = simulator.clock.offset
                now = simulator.clock.now().astimezone(simulator.zone).isoformat()
                events = _event("clock", {"now": now}) + events
            if not events and loop.time() - spoke_at >= _HEARTBEAT_S:
                events = ": still here\n\n"
            if events:
                await response.write(events.encode())
                spoke_at = loop.time()
            if not full:
                await simulator.bell.wait(seen, _LOOK_EVERY_S)

    async def _news(self, after: int) -> tuple[str, int, bool]:
        """Return the events behind `after`, the revision reached, and whether there is more."""
        try:
            found = await self._simulator.work.look(
                lambda uow: reads.changed(uow, after, _PER_LOOK)
            )
        except CannotStore:  # the database rests; the next look tells
            return "", after, False
        events = "".join(
            _event("message", message_json(message, self._simulator.zone), message.revision)
            for message in found
        )
        return events, found[-1].revision if found else after, len(found) == _PER_LOOK


def _event(kind: str, data: object, number: int | None = None) -> str:
    head = "" if number is None else f"id: {number}\n"
    return f"{head}event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"

"""The simulator's JSON interface: what the page does, a test can do."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex

from aiohttp import web

from bot.channels.simulator import reads, writes
from bot.channels.simulator.channel import Simulator
from bot.channels.simulator.door import (
    MAX_BODY_BYTES,
    MAX_MESSAGE_BYTES,
    Handler,
    answer,
    guarded,
    number,
    read_body,
)
from bot.channels.simulator.intake import (
    Invalid,
    identity,
    read_destination,
    read_name,
    read_pressed,
    read_said,
)
from bot.channels.simulator.page import Pages
from bot.channels.simulator.parts import message_json
from bot.channels.simulator.people import CAST_NAMES
from bot.channels.simulator.stream import Stream
from bot.kernel.ports import Accept

MAX_MEMBERS = 500
_PER_ANSWER = 500
_CHATS = 200

Outgoings = Callable[[str | None], Awaitable[Sequence[Mapping[str, object]]]]
Travel = Callable[[datetime], Awaitable[datetime]]
NextDue = Callable[[], Awaitable[datetime | None]]


@dataclass(frozen=True, slots=True)
class Hooks:
    """What the house lends to the page.

    Args:
        accept: writes down what a member did.
        outgoing: everything the bot sent, newest first, on one channel or on all. The page
            knows `id, key, channel, recipient, kind, text, why, status, created_at, sent_at,
            note, error`; more is shown to tests only.
        travel: moves the clock and lets happen what falls due on the way; None forbids it,
            as it must be when a real channel is configured.
        next_due: when the next schedule fires.
    """

    accept: Accept
    outgoing: Outgoings
    travel: Travel | None = None
    next_due: NextDue | None = None


class Api:
    """The calls of the JSON interface."""

    def __init__(self, simulator: Simulator, hooks: Hooks) -> None:
        self._simulator = simulator
        self._hooks = hooks
        self._moving = asyncio.Lock()

    async def say(self, request: web.Request) -> web.StreamResponse:
        """Take a member's message; 202 once it is kept."""
        said = read_said(await read_body(request, MAX_MESSAGE_BYTES), self._simulator.zone)
        message = await self._simulator.hear(said, self._hooks.accept)
        return answer({"id": message}, status=202)

    async def tap(self, request: web.Request) -> web.StreamResponse:
        """Take the press of a card's button; 202 once it is kept."""
        pressed = read_pressed(await read_body(request, MAX_BODY_BYTES))
        await self._simulator.press(pressed, self._hooks.accept)
        return answer({"id": pressed.message}, status=202)

    async def messages(self, request: web.Request) -> web.StreamResponse:
        """Answer with a chat: what follows `after`, else its last messages."""
        chat = self._chat(request)
        limit = max(1, min(number(request, "limit", _PER_ANSWER), _PER_ANSWER))
        last, first = number(request, "after", -1), number(request, "before", 0)
        found = await self._simulator.work.look(
            lambda uow: (
                reads.after(uow, chat, last, limit)
                if last >= 0
                else reads.before(uow, chat, first or None, limit)
            )
        )
        return answer([message_json(one, self._simulator.zone) for one in found])

    def _chat(self, request: web.Request) -> str:
        if group := request.query.get("group"):
            if group not in {known.id for known in self._simulator.groups}:
                raise Invalid("group", "没有这个群", status=404)
            return group
        return f"1:1:{identity(request.query)}"

    async def state(self, request: web.Request) -> web.StreamResponse:
        """Answer with what the page needs at its start."""
        del request
        simulator = self._simulator
        revision, chats = await simulator.work.look(
            lambda uow: (reads.state(uow, "revision"), reads.last_of_chats(uow, _CHATS))
        )
        people = await simulator.people()
        return answer(
            {
                "community": simulator.community,
                "timezone": str(simulator.zone),
                "groups": [{"id": one.id, "name": one.name} for one in simulator.groups],
                "members": [{"id": one.id, "name": one.name} for one in people],
                "last": [message_json(one, simulator.zone) for one in chats],
                "revision": revision,
                **await self._time(),
            }
        )

    async def add_member(self, request: web.Request) -> web.StreamResponse:
        """Add a member with a nickname; a nickname that is there already is that member."""
        data = await read_body(request, MAX_BODY_BYTES)
        name = read_name(data)
        wanted = identity(data, "id") if data.get("id") else ""
        people = await self._simulator.people(MAX_MEMBERS)
        for person in people:
            if person.name == name and wanted in {"", person.id}:
                return answer({"id": person.id, "name": person.name})
        if len(people) >= MAX_MEMBERS + len(CAST_NAMES):
            raise Invalid("name", f"最多添加 {MAX_MEMBERS} 位会员", status=409)
        if wanted in {person.id for person in people}:
            raise Invalid("id", "这个会员名已经有人用了", status=409)
        member = wanted or f"m{token_hex(4)}"
        await self._simulator.work.do(lambda uow: writes.add_member(uow, member, name))
        return answer({"id": member, "name": name}, status=201)

    async def outgoing(self, request: web.Request) -> web.StreamResponse:
        """Answer with everything that the bot sent."""
        return answer(list(await self._hooks.outgoing(request.query.get("channel") or None)))

    async def time(self, request: web.Request) -> web.StreamResponse:
        """Answer with the community's present."""
        del request
        return answer(await self._time())

    async def move_time(self, request: web.Request) -> web.StreamResponse:
        """Move the clock forward; everything due on the way happens before the answer."""
        data = await read_body(request, MAX_BODY_BYTES)
        simulator, travel = self._simulator, self._hooks.travel
        if travel is None:
            raise Invalid("", "接了真实渠道，时钟不能拨动", status=409)
        if self._moving.locked():
            raise Invalid("", "正在快进，请等一下", status=409)
        async with self._moving:
            target = read_destination(data, simulator.clock.now(), simulator.zone)
            now = await travel(target)
            await simulator.keep_clock()
        return answer(await self._time(now))

    async def _time(self, now: datetime | None = None) -> dict[str, object]:
        simulator, hooks = self._simulator, self._hooks
        due = await hooks.next_due() if hooks.next_due else None
        return {
            "now": (now or simulator.clock.now()).astimezone(simulator.zone).isoformat(),
            "next": due.astimezone(simulator.zone).isoformat() if due else None,
            "moving": self._moving.locked(),
            "can_travel": hooks.travel is not None,
        }


def routes(simulator: Simulator, hooks: Hooks) -> list[web.RouteDef]:
    """Return the routes of the page and of its JSON interface."""
    api, pages, stream = Api(simulator, hooks), Pages(simulator), Stream(simulator)

    def get(path: str, handler: Handler) -> web.RouteDef:
        return web.get(f"/simulator{path}", guarded(handler))

    def post(path: str, handler: Handler) -> web.RouteDef:
        return web.post(f"/simulator{path}", guarded(handler))

    return [
        get("", pages.without_slash),
        get("/", pages.index),
        get(r"/static/{name:[a-z_]+\.[a-z]+}", pages.static),
        get(r"/media/{path:.+}", pages.media),
        get(r"/api/images/{id:\d{1,18}}", pages.image),
        get("/api/state", api.state),
        get("/api/messages", api.messages),
        post("/api/messages", api.say),
        post("/api/taps", api.tap),
        post("/api/members", api.add_member),
        get("/api/outgoing", api.outgoing),
        get("/api/clock", api.time),
        post("/api/clock", api.move_time),
        get("/api/stream", stream.listen),
    ]

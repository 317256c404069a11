"""A simulator on a real SQLite file, with an ear and a clockwork in the bot's place."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.channels.simulator import Hooks, Simulator, routes
from bot.kernel.clock import ShiftedClock
from bot.kernel.errors import CannotStore
from bot.kernel.ids import ChannelName, GroupId, InboxId
from bot.kernel.messages import Outgoing, Part, Receipt, Text, Update
from bot.kernel.ports import Accepted, Group
from bot.kernel.work import UnitOfWork
from bot.storage.writer import Writer
from tests.kit.rooms import Store

T = TypeVar("T")

SIMULATOR = ChannelName("simulator")
GROUPS = (
    Group(GroupId("vip-1"), "穿搭一群", SIMULATOR, "chat-1"),
    Group(GroupId("vip-2"), "穿搭二群", SIMULATOR, "chat-2"),
    Group(GroupId("elsewhere"), "别处的群", ChannelName("customer_groups"), "wr1"),
)
PNG = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9Q"
    "DwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class FullDisk:
    """A `Work` that can be told to store nothing."""

    def __init__(self, work: Writer) -> None:
        self._work = work
        self.full = False

    async def do(self, use_case: Callable[[UnitOfWork], T]) -> T:
        if self.full:
            raise CannotStore("disk full")
        return await self._work.do(use_case)

    async def look(self, question: Callable[[UnitOfWork], T]) -> T:
        return await self._work.look(question)


@dataclass
class Ear:
    """Accepts updates as the inbox does: each key once."""

    heard: list[Update] = field(default_factory=list)
    deaf: bool = False

    async def __call__(self, updates: Sequence[Update]) -> Sequence[Accepted]:
        if self.deaf:
            raise CannotStore("disk full")
        return [Accepted(self._keep(update), update) for update in updates]

    def _keep(self, update: Update) -> InboxId | None:
        if update.key in {known.key for known in self.heard}:
            return None
        self.heard.append(update)
        return InboxId(len(self.heard))


@dataclass
class Stage:
    """Everything that a test of the simulator touches."""

    simulator: Simulator
    work: FullDisk
    clock: ShiftedClock
    store: Store
    ear: Ear = field(default_factory=Ear)
    under_way: asyncio.Event = field(default_factory=asyncio.Event)
    leaves: asyncio.Event | None = None
    """When set, a journey waits for it."""
    _client: TestClient[web.Request, web.Application] | None = None

    @property
    def client(self) -> TestClient[web.Request, web.Application]:
        """What asks over HTTP."""
        if self._client is None:
            raise RuntimeError("no server was started")
        return self._client

    async def get(self, path: str, **query: str | int) -> Any:
        """GET a call of the JSON interface and return its JSON."""
        async with self.client.get(f"/simulator/api/{path}", params=query) as response:
            assert response.status == 200, await response.text()
            return await response.json()

    async def post(self, path: str, body: object) -> tuple[int, Any]:
        """POST to the JSON interface and return status and JSON."""
        async with self.client.post(f"/simulator/api/{path}", json=body) as response:
            return response.status, await response.json()

    async def travel(self, to: datetime) -> datetime:
        self.under_way.set()
        if self.leaves:
            await self.leaves.wait()
        self.clock.move_to(to)
        return self.clock.now()

    async def next_due(self) -> datetime | None:
        return self.clock.now() + timedelta(hours=2)

    async def outgoing(self, channel: str | None) -> Sequence[Mapping[str, object]]:
        return [{"key": "reply:1", "channel": channel or "simulator"}]

    async def bot_says(self, part: Part | str, *, to: str = "chat-1", key: str = "k1") -> Receipt:
        """Send a message as the outbox does."""
        part = Text(part) if isinstance(part, str) else part
        to_group = to.startswith("chat-")
        return await self.simulator.send(
            Outgoing(SIMULATOR, to, part, key, to_group=to_group), doubt_since=None
        )


def build(store: Store, writer: Writer, *, media: Path | None = None) -> Stage:
    """Return a simulator on a store whose writer runs."""
    work = FullDisk(writer)
    clock = ShiftedClock(store.clock)
    simulator = Simulator(
        work, clock, GROUPS, community="拾光衣橱", timezone="Asia/Shanghai", media=media
    )
    return Stage(simulator, work, clock, store)


@asynccontextmanager
async def on_stage(store: Store, media: Path, *, travels: bool = True) -> AsyncIterator[Stage]:
    """Open a simulator with its page and JSON interface on a loopback port."""
    writer = Writer(store.database, store.clock)
    stage = build(store, writer, media=media)
    await writer.start()
    await stage.simulator.start()
    app = web.Application()
    travel = stage.travel if travels else None
    hooks = Hooks(stage.ear, stage.outgoing, travel, stage.next_due)
    app.add_routes(routes(stage.simulator, hooks))
    async with TestClient(TestServer(app, host="127.0.0.1")) as client:
        stage._client = client  # noqa: SLF001 - its own builder
        yield stage
        await stage.simulator.stop()
    await writer.stop()
